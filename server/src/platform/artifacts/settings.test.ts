import { expect, test } from 'vitest';
import { ArtifactSettingsError, readArtifactSettings } from './settings.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const S3 = { accessKeyId: 'id', secretAccessKey: 'secret' };

const FOLDER = { kind: 'folder', folder: '/data/artifacts' };

test.each([
  { name: 'nothing said', environment: {}, is: { ...FOLDER, bytesMax: 2 ** 30 } },
  { name: 'said empty', environment: { TIDEMARK_ARTIFACTS: '', TIDEMARK_ARTIFACTS_MB: '' }, is: { ...FOLDER, bytesMax: 2 ** 30 } },
  { name: 'a smaller folder', environment: { TIDEMARK_ARTIFACTS_MB: '8' }, is: { ...FOLDER, bytesMax: 8 * 2 ** 20 } },
  {
    name: 'a bucket of Amazon',
    environment: { ...KEYS, TIDEMARK_ARTIFACTS: 's3://my-bucket', AWS_REGION: 'eu-west-1' },
    is: {
      kind: 's3',
      settings: { ...S3, bucket: 'my-bucket', prefix: '', region: 'eu-west-1', endpoint: 'https://s3.eu-west-1.amazonaws.com' },
    },
  },
  {
    name: 'a part of a bucket elsewhere',
    environment: { ...KEYS, TIDEMARK_ARTIFACTS: 's3://my-bucket/tide/mark/', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000/' },
    is: {
      kind: 's3',
      settings: { ...S3, bucket: 'my-bucket', prefix: 'tide/mark', region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' },
    },
  },
])('$name', ({ environment, is }) => expect(readArtifactSettings(environment, '/data')).toEqual(is));

test.each([
  { name: 'a folder', environment: { TIDEMARK_ARTIFACTS: '/somewhere' }, says: /give s3:\/\/BUCKET/ },
  { name: 'a way out of the bucket', environment: { ...KEYS, TIDEMARK_ARTIFACTS: 's3://my-bucket/../other' }, says: /give s3:\/\/BUCKET/ },
  { name: 'a folder of no size', environment: { TIDEMARK_ARTIFACTS_MB: '0' }, says: /is "0": give whole megabytes from 1 to 1000000/ },
  { name: 'half a megabyte', environment: { TIDEMARK_ARTIFACTS_MB: '0.5' }, says: /give whole megabytes/ },
  {
    name: 'a size of a bucket',
    environment: { ...KEYS, TIDEMARK_ARTIFACTS: 's3://my-bucket', TIDEMARK_ARTIFACTS_MB: '8' },
    says: /bounds a folder, but TIDEMARK_ARTIFACTS names a bucket/,
  },
  { name: 'no key', environment: { TIDEMARK_ARTIFACTS: 's3://my-bucket' }, says: /AWS_ACCESS_KEY_ID is not set/ },
  {
    name: 'no secret',
    environment: { TIDEMARK_ARTIFACTS: 's3://my-bucket', AWS_ACCESS_KEY_ID: 'id' },
    says: /AWS_SECRET_ACCESS_KEY is not set/,
  },
  {
    name: 'a service over plain HTTP elsewhere',
    environment: { ...KEYS, TIDEMARK_ARTIFACTS: 's3://my-bucket', AWS_ENDPOINT_URL: 'http://storage.example' },
    says: /give an https:\/\/ address/,
  },
])('$name is refused', ({ environment, says }) => {
  expect(() => readArtifactSettings(environment, '/data')).toThrow(ArtifactSettingsError);
  expect(() => readArtifactSettings(environment, '/data')).toThrow(says);
});
