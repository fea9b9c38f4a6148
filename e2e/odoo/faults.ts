/** An error as Odoo itself names it; JSON-2 puts it into an HTTP status, JSON-RPC into an error object. */
export class OdooError extends Error {
  readonly odooName: string;
  readonly status: number;

  constructor(odooName: string, message: string, status: number) {
    super(message);
    this.name = "OdooError";
    this.odooName = odooName;
    this.status = status;
  }
}

export const userError = (message: string) => new OdooError("odoo.exceptions.UserError", message, 422);
export const validationError = (message: string) => new OdooError("odoo.exceptions.ValidationError", message, 422);
export const accessError = (message: string) => new OdooError("odoo.exceptions.AccessError", message, 403);
export const missingError = () =>
  new OdooError("odoo.exceptions.MissingError", "Record does not exist or has been deleted.", 404);
export const valueError = (message: string) => new OdooError("builtins.ValueError", message, 500);
export const typeError = (message: string) => new OdooError("builtins.TypeError", message, 500);
export const keyError = (field: string) => new OdooError("builtins.KeyError", `'${field}'`, 500);
export const notFound = (message: string) => new OdooError("werkzeug.exceptions.NotFound", message, 404);
export const unprocessable = (message: string) =>
  new OdooError("werkzeug.exceptions.UnprocessableEntity", message, 422);
export const serializationFailure = () =>
  new OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n", 500);
