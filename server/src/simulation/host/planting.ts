import { registerHooks } from 'node:module';
import type { Plant } from '../plants/plant.ts';

const ROOT = new URL('../../', import.meta.url).href;

/** The source with a bug in it. Throws where the text that it changes is not there exactly once: the plant must then follow the code. */
export function planted(plant: Plant, file: string, source: string): string {
  let text = source;
  for (const { find, replace } of plant.edits.filter((edit) => edit.file === file)) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(`The planted bug ${plant.name} finds "${find.trim()}" ${parts.length - 1} times in ${file}: bring it up to date`);
    text = parts.join(replace);
  }
  return text;
}

/** From now on this thread loads the real parts with the bug. */
export function plantBug(plant: Plant): void {
  const files = new Set(plant.edits.map(({ file }) => file));
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const file = url.startsWith(ROOT) ? url.slice(ROOT.length) : '';
      if (!files.has(file) || loaded.source === undefined || loaded.source === null) return loaded;
      const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
      return { ...loaded, source: planted(plant, file, source) };
    },
  });
}
