/** @type {import('next').NextConfig} */
export default {
  serverExternalPackages: ["postgres", "pino", "@node-rs/argon2", "undici", "prom-client"],
  poweredByHeader: false,
  reactStrictMode: true,
};
