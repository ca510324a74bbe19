import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArtifactDamaged, artifactsIn } from './artifacts.ts';
import type { Artifacts, ObjectStore } from './artifacts.ts';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Puts other bytes where an object lies, as a broken disk would. */
  damage(name: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const nameOf = (hash: string): string => `sha256/${hash.slice(0, 2)}/${hash}`;

/** What every place of artifacts must do. */
export function artifactConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`artifacts in ${name}`, () => {
    let under: StoreUnderTest;
    let artifacts: Artifacts;
    beforeEach(async () => {
      under = await open();
      artifacts = artifactsIn(under.store);
    });
    afterEach(() => under.close());

    test('any bytes come back under their SHA-256, alone or among others', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2_000 }), { minLength: 1, maxLength: 5 }), async (all) => {
          const hashes = await Promise.all(all.map((bytes) => artifacts.put(bytes)));
          expect(hashes).toEqual(all.map(hashOf));
          for (const [index, hash] of hashes.entries())
            expect(Buffer.from((await artifacts.get(hash)) ?? []).equals(all[index] ?? new Uint8Array())).toBe(true);
        }),
        { numRuns: 25 },
      );
    });

    test('a view of larger memory is kept alone, and what is put is not changed by what comes back', async () => {
      const bytes = randomBytes(3_000_000).subarray(1_000_000, 2_500_000);
      const hash = await artifacts.put(bytes);
      (await artifacts.get(hash))?.fill(0);
      expect(hashOf((await artifacts.get(hash)) ?? new Uint8Array())).toBe(hash);
    });

    test('what was never put is not there', async () => {
      expect(await artifacts.get(hashOf(Buffer.from('never')))).toBeUndefined();
      expect(await artifacts.find('reports/never')).toBeUndefined();
    });

    test('a name means what it was pointed at last', async () => {
      const [one, two] = [await artifacts.put(Buffer.from('one')), await artifacts.put(Buffer.from('two'))];
      await artifacts.point('reports/a-1', one);
      await artifacts.point('reports/b-1', two);
      expect([await artifacts.find('reports/a-1'), await artifacts.find('reports/b-1')]).toEqual([one, two]);
      await artifacts.point('reports/a-1', two);
      expect(await artifacts.find('reports/a-1')).toBe(two);
    });

    test('many who write the same and read it meanwhile see all of it or nothing', async () => {
      const bytes = randomBytes(200_000);
      const hash = hashOf(bytes);
      const seen = await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? artifacts.put(bytes) : artifacts.get(hash))),
      );
      for (const each of seen) if (each !== undefined && typeof each !== 'string') expect(hashOf(each)).toBe(hash);
    });

    test.each([
      { name: 'other bytes', bytes: Buffer.from('others') },
      { name: 'half of them', bytes: Buffer.from('the by') },
      { name: 'none', bytes: Buffer.alloc(0) },
    ])('$name where an artifact lay are refused, and putting it again heals', async ({ bytes }) => {
      const hash = await artifacts.put(Buffer.from('the bytes'));
      await under.damage(nameOf(hash), bytes);
      await expect(artifacts.get(hash)).rejects.toThrow(ArtifactDamaged);
      await expect(artifacts.get(hash)).rejects.toThrow(`${nameOf(hash)} holds bytes of the SHA-256 ${hashOf(bytes)}`);
      await artifacts.put(Buffer.from('the bytes'));
      expect(Buffer.from((await artifacts.get(hash)) ?? []).toString()).toBe('the bytes');
    });

    test('a name that points at no hash is refused', async () => {
      await artifacts.point('reports/a', hashOf(Buffer.from('a')));
      await under.damage('names/reports/a', Buffer.from('no hash'));
      await expect(artifacts.find('reports/a')).rejects.toThrow(/names\/reports\/a holds no SHA-256/);
    });

    test.each(['../out', '/rooted', 'a//b', 'a/../b', '', 'a b', 'a\0', 'ä'])('%j is no name', async (wrong) => {
      await expect(artifacts.point(wrong, hashOf(Buffer.from('a')))).rejects.toThrow('is no name of an artifact');
      await expect(artifacts.find(wrong)).rejects.toThrow('is no name of an artifact');
      await expect(artifacts.get(wrong)).rejects.toThrow('is no SHA-256 in hex');
    });
  });
}
