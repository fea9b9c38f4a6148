"use client";
import { useMemo } from "react";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { VERIFY_SCHEMES, type VerifyScheme } from "@/core/feeds/feed";
import { VERIFY_WORD } from "./words";

export type HmacFields = {
  header: string;
  algorithm: "sha256" | "sha1" | "sha512";
  encoding: "hex" | "base64";
  prefix: string;
  timestampHeader: string;
  template: string;
  toleranceSeconds: string;
};

export const HMAC_BLANK: HmacFields = {
  header: "X-Signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "",
  timestampHeader: "",
  template: "{body}",
  toleranceSeconds: "300",
};

/** Reads stored settings of a signature into form fields. */
export function hmacFieldsOf(stored: unknown): HmacFields {
  const said = typeof stored === "object" && stored !== null ? (stored as Record<string, unknown>) : {};
  const text = (name: string, usual: string) =>
    typeof said[name] === "string" || typeof said[name] === "number" ? String(said[name]) : usual;
  return {
    header: text("header", HMAC_BLANK.header),
    algorithm: said.algorithm === "sha1" || said.algorithm === "sha512" ? said.algorithm : "sha256",
    encoding: said.encoding === "base64" ? "base64" : "hex",
    prefix: text("prefix", ""),
    timestampHeader: text("timestampHeader", ""),
    template: text("template", "{body}"),
    toleranceSeconds: text("toleranceSeconds", "300"),
  };
}

/** The settings that a scheme takes, out of the form. */
export function verifySettingsOf(
  scheme: VerifyScheme,
  fields: HmacFields,
  keyHeader: string,
): Record<string, string | number> {
  if (scheme === "api_key") return { header: keyHeader.trim() || "authorization" };
  if (scheme !== "hmac") return {};
  const { timestampHeader, toleranceSeconds, ...rest } = fields;
  return {
    ...rest,
    ...(timestampHeader.trim() === "" ? {} : { timestampHeader: timestampHeader.trim() }),
    toleranceSeconds: Number(toleranceSeconds) || 300,
  };
}

export function VerifyFields({
  scheme,
  onScheme,
  fields,
  onFields,
  keyHeader,
  onKeyHeader,
}: {
  scheme: VerifyScheme;
  onScheme: (scheme: VerifyScheme) => void;
  fields: HmacFields;
  onFields: (fields: HmacFields) => void;
  keyHeader: string;
  onKeyHeader: (header: string) => void;
}) {
  const set = (name: keyof HmacFields) => (event: { target: { value: string } }) =>
    onFields({ ...fields, [name]: event.target.value });
  return (
    <div className="flex flex-col gap-3">
      <Field label="How the sender proves itself" hint={VERIFY_WORD[scheme].hint}>
        {(control) => (
          <Select
            {...control}
            value={scheme}
            onChange={onScheme}
            choices={VERIFY_SCHEMES.filter((one) => one !== "none").map((value) => ({
              value,
              label: VERIFY_WORD[value].word,
            }))}
            className="w-60"
          />
        )}
      </Field>
      {scheme === "hmac" ? (
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          <Field label="Header of the signature">
            {(control) => <Input {...control} value={fields.header} onChange={set("header")} />}
          </Field>
          <Field label="Before the signature" hint="As “sha256=”">
            {(control) => <Input {...control} value={fields.prefix} onChange={set("prefix")} />}
          </Field>
          <Field label="Algorithm">
            {(control) => (
              <Select
                {...control}
                value={fields.algorithm}
                onChange={(algorithm) => onFields({ ...fields, algorithm })}
                choices={(["sha256", "sha512", "sha1"] as const).map((value) => ({
                  value,
                  label: `HMAC-${value.toUpperCase()}`,
                }))}
              />
            )}
          </Field>
          <Field label="Written in">
            {(control) => (
              <Select
                {...control}
                value={fields.encoding}
                onChange={(encoding) => onFields({ ...fields, encoding })}
                choices={[
                  { value: "hex", label: "hex digits" },
                  { value: "base64", label: "base64" },
                ]}
              />
            )}
          </Field>
          <Field label="Signed text" hint="{body}, and {timestamp} where there is one">
            {(control) => (
              <Input
                {...control}
                value={fields.template}
                onChange={set("template")}
                className="font-mono text-[12px]"
              />
            )}
          </Field>
          <Field label="Header of the timestamp" hint="Empty: none is signed">
            {(control) => <Input {...control} value={fields.timestampHeader} onChange={set("timestampHeader")} />}
          </Field>
        </div>
      ) : null}
      {scheme === "api_key" ? (
        <Field
          label="Header of the key"
          hint="authorization takes “Bearer” before the key; any other header holds the key alone"
        >
          {(control) => (
            <Input
              {...control}
              value={keyHeader}
              onChange={(event) => onKeyHeader(event.target.value)}
              className="w-60"
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}

/** Zone for wall clocks without an offset, with the names a browser knows. */
export function ZoneField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (zone: string) => void;
  error?: string | null;
}) {
  const zones = useMemo(
    () => (typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : []),
    [],
  );
  return (
    <Field
      label="Zone of times without an offset"
      error={error}
      hint={
        value === ""
          ? "Empty: such times are taken as UTC and marked as assumed"
          : "For wall clocks that name neither offset nor place"
      }
    >
      {(control) => (
        <>
          <Input
            {...control}
            list="zones"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder="Europe/Prague"
            className="w-60"
          />
          <datalist id="zones">
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
