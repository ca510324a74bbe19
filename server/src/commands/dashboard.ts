import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { isThere } from './is-there.ts';
import { originOf } from './server-access.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

const WEB_BUILD = fileURLToPath(new URL('../../../web/build/', import.meta.url));

interface Options {
  readonly server: string;
  readonly out: string;
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await isThere(folder)) ? (await readdir(folder)).length === 0 : true;
}

/** Made beside its place and then put there whole: what stands under the name is never half of it. */
async function writeDashboard({ server, out }: Options, terminal: Terminal): Promise<void> {
  const { staticHostFiles } = await import('../platform/http.ts');
  const origin = originOf(server);
  if (!(await isThere(join(WEB_BUILD, 'index.html'))))
    throw new UsageError('The dashboard has not been built: run npm start once, which builds it');
  if (!(await isEmpty(out))) throw new UsageError(`--out ${out} is not empty: name a folder that is, or is not there yet`);
  const place = resolve(out);
  await mkdir(dirname(place), { recursive: true });
  const draft = await mkdtemp(join(dirname(place), `.${basename(place)}-`));
  try {
    // Hosts compress by themselves.
    await cp(WEB_BUILD, draft, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
    const files = staticHostFiles(await readFile(join(WEB_BUILD, 'index.html'), 'utf8'), origin);
    for (const [name, text] of Object.entries(files)) await writeFile(join(draft, name), text);
    // A temporary folder is for its owner alone; this one is to be served.
    await chmod(draft, 0o755);
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  terminal.out.write(`${out} holds the dashboard of ${origin}. Put it on a static host, and start the server with that host's origin:
  TIDEMARK_DASHBOARD_ORIGINS=https://desk.example.com tidemark serve
`);
}

/** The dashboard as files, for a host of its own. */
export function addDashboard(program: Command, terminal: Terminal): void {
  program
    .command('dashboard')
    .description('The dashboard as files for a static host of its own, against a server elsewhere')
    .requiredOption('--server <url>', 'where browsers find the server, like https://api.example.com')
    .option('--out <folder>', 'a folder that is empty or not there yet', 'dashboard')
    .addHelpText(
      'after',
      `
Example:
  tidemark dashboard --server https://api.example.com --out dashboard

The folder holds vercel.json for Vercel, and _headers and _redirects for Netlify and Cloudflare Pages. The server takes a log-in from other pages only where
TIDEMARK_DASHBOARD_ORIGINS names their origin.`,
    )
    .action((options: Options) => writeDashboard(options, terminal));
}
