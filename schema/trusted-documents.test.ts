import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRequest } from '@urql/core';
import { Kind, parse, print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as whole from './generated/documents.ts';
import * as trusted from './generated/trusted-documents.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const manifest = JSON.parse(read('generated/trusted-documents.json')) as Readonly<Record<string, string>>;

/** Every definition in the documents as they are written. */
const written = readdirSync(new URL('documents/', import.meta.url))
  .filter((name) => name.endsWith('.graphql'))
  .flatMap((name) => parse(read(`documents/${name}`)).definitions);
const operations = written.filter((node) => node.kind === Kind.OPERATION_DEFINITION);

describe('what the server reads', () => {
  test('has every operation of the dashboard, and no other', () => {
    const named = Object.values(manifest).map((text) => {
      const [operation, ...more] = parse(text).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
      expect(more).toEqual([]);
      return operation?.name?.value ?? '';
    });
    expect(new Set(named)).toEqual(new Set(operations.map(({ name }) => name?.value)));
    expect(named).toHaveLength(operations.length);
  });

  test.each(Object.entries(manifest))('%s is the hash of its text', (id, text) => {
    expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).toBe(id);
    // What a program prints of the typed document is the same text, and shares what is live with the dashboard.
    expect(print(parse(text))).toBe(text);
  });
});

describe('what the dashboard asks with', () => {
  const known = Object.entries(trusted) as unknown as readonly (readonly [string, { readonly documentId: string }])[];
  const parsed = new Map<string, unknown>(Object.entries(whole));

  test.each(known)('%s says its id, and nothing of its text', (constant, document) => {
    expect(document).toMatchObject({ kind: 'Document', definitions: [] });
    expect(manifest[document.documentId]).toBe(print(parsed.get(constant) as DocumentNode));
  });

  test('has each operation once, under a key of its own in the client', () => {
    expect(new Set(known.map(([, { documentId }]) => documentId))).toEqual(new Set(Object.keys(manifest)));
    // The client tells documents apart by a hash of 32 bits.
    const keys = known.map(([, document]) => createRequest(document as unknown as DocumentNode, {}).key);
    expect(new Set(keys).size).toBe(operations.length);
  });
});

describe('the built dashboard', () => {
  const build = fileURLToPath(new URL('../web/build/', import.meta.url));
  const scripts = readdirSync(build, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, text: readFileSync(`${build}${name}`, 'utf8') }));

  test('holds the id of every operation', () => {
    const all = scripts.map(({ text }) => text).join('\n');
    expect(Object.keys(manifest).filter((id) => !all.includes(id))).toEqual([]);
  });

  test('holds no operation, neither as text nor parsed', () => {
    const fragments = written.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map(({ name }) => name.value);
    const pieces = [...fragments, ...operations.map(({ operation, name }) => `${operation} ${name?.value ?? ''}`), 'variableDefinitions:['];
    expect(fragments.length).toBeGreaterThan(10);
    const found = scripts.flatMap(({ name, text }) => pieces.filter((piece) => text.includes(piece)).map((piece) => `${name}: ${piece}`));
    expect(found).toEqual([]);
  });
});
