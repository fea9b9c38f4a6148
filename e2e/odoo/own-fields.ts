import { userError, validationError } from "./faults";
import { HOOKS } from "./orm";

/** Fields that an administrator adds over the API: readable and writable at once, by a name that starts with x_. */
HOOKS["ir.model.fields"] = {
  created: (env, row) => {
    const model = String(env.store.get("ir.model", Number(row.model_id))?.model ?? "");
    const name = String(row.name);
    if (!name.startsWith("x_")) throw validationError("Custom fields must have a name that starts with 'x_'!");
    if (env.store.fields(model)[name]) throw validationError("Field names must be unique per model.");
    if (row.ttype !== "selection") throw userError("The sandbox adds selection fields only.");
    const choices = env.store.all("ir.model.fields.selection").filter((choice) => choice.field_id === row.id);
    env.store.addField(model, name, { type: "selection", values: choices.map((choice) => String(choice.value)) });
  },
};
