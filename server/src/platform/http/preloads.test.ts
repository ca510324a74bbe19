import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPreloads } from './preloads.ts';
import type { LinkOf } from './preloads.ts';

let folder: string;
let linkOf: LinkOf;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-preloads-'));
  const preloads = [
    { route: '/', scripts: ['/_app/home.js'], styles: [] },
    { route: '/runs/[id]', scripts: ['/_app/run.js'], styles: ['/_app/run.css'] },
    { route: '/runs/compare', scripts: ['/_app/compare.js'], styles: [] },
    { route: '/a.b', scripts: ['/_app/dot.js'], styles: [] },
  ];
  await writeFile(join(folder, 'preloads.json'), JSON.stringify(preloads));
  linkOf = await openPreloads(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const script = (file: string): string => `<${file}>; rel=modulepreload; fetchpriority=low`;

test.each([
  ['/', script('/_app/home.js')],
  ['/runs/17', `${script('/_app/run.js')}, </_app/run.css>; rel=preload; as=style; crossorigin`],
  ['/runs/17/', `${script('/_app/run.js')}, </_app/run.css>; rel=preload; as=style; crossorigin`],
  // The route without a parameter is the better one, whichever stands first.
  ['/runs/compare', script('/_app/compare.js')],
  ['/a.b', script('/_app/dot.js')],
  ['/aXb', undefined],
  ['/runs', undefined],
  ['/runs/17/more', undefined],
  ['/nowhere', undefined],
])('what %s needs', (path, link) => expect(linkOf(path)).toBe(link));

test('a build that says nothing of its pages', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'tidemark-preloads-'));
  try {
    expect((await openPreloads(empty))('/')).toBeUndefined();
  } finally {
    await rm(empty, { recursive: true });
  }
});
