import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { artifactConformance } from './conformance.ts';
import { folderStore } from './folder-store.ts';
import { s3Store } from './s3-store.ts';
import { openS3Server } from './test/s3-server.ts';
import type { S3Server } from './test/s3-server.ts';
import { parseAuthorization, signatureOf } from './test/signature.ts';

const openFolder = () => mkdtemp(join(tmpdir(), 'artifacts-'));

artifactConformance('a folder', async () => {
  const folder = await openFolder();
  return {
    store: folderStore(folder),
    damage: (name, bytes) => writeFile(join(folder, name), bytes),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

let s3: S3Server;
beforeAll(async () => {
  s3 = await openS3Server();
});
afterAll(() => s3.close());

artifactConformance('a bucket', () => {
  s3.objects.clear();
  return Promise.resolve({
    store: s3Store(s3.settings),
    damage: async (name, bytes) => void s3.objects.set(`made/by/${name}`, bytes),
    close: () => Promise.resolve(),
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await openFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('is for its owner alone, and keeps no drafts, not even of a write that failed', async () => {
    const store = folderStore(join(folder, 'new'));
    await store.write('a/b', Buffer.from('bytes'));
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'new/a/b'))).mode & 0o777).toBe(0o600);
    // Where a folder lies, no file can come.
    await expect(store.write('a', Buffer.from('bytes'))).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(join(folder, 'new'))).toEqual(['a']);
    expect(await readdir(join(folder, 'new/a'))).toEqual(['b']);
  });

  test('makes room by what was used longest ago, and never by what was just written', async () => {
    const store = folderStore(folder, 10);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      await store.write(name, Buffer.from('123'));
      await utimes(join(folder, name), index, index);
    }
    expect((await store.read('a'))?.length).toBe(3);
    await store.write('d/e', Buffer.from('4567'));
    const left = await Promise.all(['a', 'b', 'c', 'd/e'].map(async (name) => (await store.read(name)) !== undefined));
    expect(left).toEqual([true, false, true, true]);
    await Promise.all(['f', 'g'].map((name) => store.write(name, Buffer.from('12345'))));
    expect([(await store.read('f'))?.length, (await store.read('g'))?.length]).toEqual([5, 5]);
    expect(await store.read('a')).toBeUndefined();
  });

  test('what is written right after another was read is the newer one, also where the disk’s clock is coarse', async () => {
    const store = folderStore(folder, 5);
    await store.write('old', Buffer.from('12345'));
    for (let round = 0; round < 50; round += 1) {
      const [before, name] = [round === 0 ? 'old' : `new ${round - 1}`, `new ${round}`];
      expect((await store.read(before))?.length, before).toBe(5);
      await store.write(name, Buffer.from('12345'));
    }
  });

  test('a draft that is being written is left alone; one of a process that died goes', async () => {
    const store = folderStore(folder, 5);
    await writeFile(join(folder, 'x.1.draft'), 'half');
    await writeFile(join(folder, 'y.2.draft'), 'half');
    await utimes(join(folder, 'y.2.draft'), 1, 1);
    await store.write('whole', Buffer.from('12345'));
    expect((await readdir(folder)).toSorted()).toEqual(['whole', 'x.1.draft']);
  });
});

describe('a bucket', () => {
  test('the server of these tests asks for the signature of the documentation’s own example', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const headers = {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
    };
    const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
    const authorization = parseAuthorization(
      `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${signature}`,
    );
    if (authorization === undefined) throw new Error('The example is not understood');
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(signatureOf({ method: 'GET', url: '/test.txt', headers }, authorization, secret)).toBe(signature);
  });

  test.each([
    { name: 'another secret', change: { secretAccessKey: 'another' }, says: /403 SignatureDoesNotMatch/ },
    { name: 'an unknown key', change: { accessKeyId: 'AKIDUNKNOWN' }, says: /403 InvalidAccessKeyId/ },
    { name: 'another region', change: { region: 'us-east-1' }, says: /400 AuthorizationHeaderMalformed/ },
    { name: 'no such bucket', change: { bucket: 'elsewhere' }, says: /404 NoSuchBucket/ },
  ])('$name is said, and is not taken for an artifact that is not there', async ({ change, says }) => {
    const store = s3Store({ ...s3.settings, ...change });
    await expect(store.read('a')).rejects.toThrow(says);
    await expect(store.write('a', Buffer.from('bytes'))).rejects.toThrow(says);
    await expect(store.read('a')).rejects.toThrow(/^s3:\/\/\w+\/made\/by: a could not be read/);
  });

  test('a service that is busy for a moment is asked again; one that stays so is said', async () => {
    const store = s3Store(s3.settings);
    s3.failNext(503, 2);
    await store.write('busy', Buffer.from('bytes'));
    expect(Buffer.from((await store.read('busy')) ?? []).toString()).toBe('bytes');
    s3.failNext(503, 4);
    await expect(store.read('busy')).rejects.toThrow('answers 503 SlowDown');
  });
});
