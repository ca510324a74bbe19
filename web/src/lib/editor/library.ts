/// <reference types="vite/client" />
import type { Library } from '@tidemark/compute/types';

const FOLDER = '../../../../compute/assembly/';

/** What a strategy is compiled with, as it stood when the dashboard was built: the same files that the server reads. */
const files: Readonly<Record<string, string>> = import.meta.glob('../../../../compute/assembly/{sdk,kernel,indicators,sweep}/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const library: Library = (path) => files[FOLDER + path] ?? null;
