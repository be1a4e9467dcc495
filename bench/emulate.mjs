// Serves the GitHub of vercel-labs/emulate on 127.0.0.1, until it is told to stop.
//
//     node bench/emulate.mjs PACKAGES < config.json
//
// PACKAGES is a folder whose node_modules holds @emulators/core and @emulators/github; the
// config has `port`, `tokens` (token -> {login, id}) and `seed`, as the package documents it.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = join(resolve(process.argv[2]), "node_modules", "@emulators");

async function load(name) {
  const { main } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"));
  return import(pathToFileURL(join(folder, name, main)));
}

const [core, github] = await Promise.all([load("core"), load("github")]);
const { port, tokens, seed } = JSON.parse(readFileSync(0, "utf8"));
const baseUrl = `http://127.0.0.1:${port}`;

let gh;
const { app, store, webhooks } = core.createServer(github.githubPlugin, {
  port,
  baseUrl,
  tokens,
  appKeyResolver(id) {
    const found = gh?.apps.all().find((one) => one.app_id === id);
    return found ? { privateKey: found.private_key, slug: found.slug, name: found.name } : null;
  },
});
gh = github.getGitHubStore(store);
github.githubPlugin.seed(store, baseUrl);
github.seedFromConfig(store, baseUrl, seed, webhooks);
core.serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
