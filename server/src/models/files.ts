import type { RecordedModel } from './model.ts';

/** The three files of a model, by the last part of their path. */
export const MODEL_FILES = ['manifest.json', 'model', 'strategy.wasm'] as const;
export type ModelFileKind = (typeof MODEL_FILES)[number];

export interface ModelFilePath {
  readonly name: string;
  readonly path: string;
}

/** Where the files are downloaded, and what they are called in a folder that `tidemark predict` reads. */
export const modelFilePaths = ({ id, manifest }: RecordedModel): ModelFilePath[] => [
  { name: 'manifest.json', path: `/models/${id}/manifest.json` },
  { name: manifest.model.file, path: `/models/${id}/model` },
  { name: manifest.strategy.file, path: `/models/${id}/strategy.wasm` },
];
