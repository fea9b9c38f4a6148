CREATE TABLE "odoo_contact" (
	"hash" "bytea" NOT NULL,
	"connection_id" integer NOT NULL,
	"partner_id" integer NOT NULL,
	CONSTRAINT "odoo_contact_hash_connection_id_partner_id_pk" PRIMARY KEY("hash","connection_id","partner_id")
);
--> statement-breakpoint
CREATE TABLE "odoo_recipient" (
	"connection_id" integer NOT NULL,
	"partner_id" integer NOT NULL,
	"picking_id" integer NOT NULL,
	CONSTRAINT "odoo_recipient_connection_id_partner_id_picking_id_pk" PRIMARY KEY("connection_id","partner_id","picking_id")
);
--> statement-breakpoint
CREATE INDEX "odoo_contact_partner" ON "odoo_contact" USING btree ("connection_id","partner_id");--> statement-breakpoint
CREATE INDEX "odoo_recipient_picking" ON "odoo_recipient" USING btree ("connection_id","picking_id");