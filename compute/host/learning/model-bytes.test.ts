import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ModelFormatError, decodeModel, encodeModel, modelId, openLearning } from './learning.node.ts';
import { madeSamples } from './made-samples.ts';

const learning = await openLearning();
const samples = madeSamples('class', { rows: 600, features: 5, missing: 0.1 });
const { model } = learning.boost(samples, { objective: 'binary', trees: 7 });
const bytes = encodeModel(model);

/** The bytes with one part changed, and a checksum that fits again. */
function forged(change: (view: DataView<ArrayBuffer>) => void): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  change(view);
  view.setUint32(copy.length - 4, crc32(copy.subarray(0, -4)), true);
  return copy;
}

describe('the bytes of a model', () => {
  test.each([
    { name: 'boosting', made: model },
    { name: 'forest', made: learning.growForest(samples, { objective: 'binary', trees: 5 }).model },
    {
      name: 'classes',
      made: learning.boost(madeSamples('class', { rows: 500, features: 4 }, 3), { objective: 'multiclass', classes: 3, trees: 4 }).model,
    },
    {
      name: 'quantile',
      made: learning.boost(madeSamples('value', { rows: 500, features: 4 }), { objective: 'quantile', quantile: 0.9, trees: 4 }).model,
    },
  ])('come back as the same model: $name', ({ made }) => {
    const once = encodeModel(made);
    expect(decodeModel(once)).toEqual(made);
    expect(encodeModel(decodeModel(once))).toEqual(once);
    expect(modelId(once)).toBe(createHash('sha256').update(once).digest('hex'));
  });

  test.each(['\ufeffret5', 'é', '𝒳', ' a '])('with a feature called %j come back as the same model', (name) => {
    const named = learning.boost({ ...samples, names: [name, 'b', 'c', 'd', 'ret5'] }, { objective: 'binary', trees: 2 }).model;
    expect(decodeModel(encodeModel(named))).toEqual(named);
  });

  test('half a character is no name', () => {
    const halved = { ...samples, names: ['\ud83d', 'b', 'c', 'd', 'e'] };
    expect(() => learning.boost(halved, { objective: 'binary' })).toThrow(/"\\ud83d": .* half a character/);
  });

  test('one changed bit anywhere is refused', () => {
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = bytes.slice();
      changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
      expect(() => decodeModel(changed)).toThrow(ModelFormatError);
    }
  });

  test('every length but its own is refused', () => {
    for (let length = 0; length < bytes.length; length += 7) expect(() => decodeModel(bytes.subarray(0, length))).toThrow(ModelFormatError);
    expect(() => decodeModel(new Uint8Array([...bytes, 0]))).toThrow(/bytes where it says/);
  });

  const nodes = model.features.length;
  const values = 48 + 8;
  const counts = values + nodes * 12;
  const sizes = counts + nodes * 4;
  const features = sizes + 7 * 4;
  const names = features + Math.ceil(nodes / 2) * 4;
  test.each<{ name: string; change: (view: DataView<ArrayBuffer>) => void; reason: RegExp }>([
    { name: 'another program’s file', change: (view) => view.setUint8(0, 0x50), reason: /does not begin with TIDETREE/ },
    { name: 'a later version', change: (view) => view.setUint32(8, 2, true), reason: /version 2 of the layout/ },
    { name: 'an unknown objective', change: (view) => view.setUint8(17, 9), reason: /method or objective is unknown/ },
    { name: 'two outputs', change: (view) => view.setUint16(18, 2, true), reason: /parts are not as long/ },
    { name: 'no tree', change: (view) => view.setUint32(24, 0, true), reason: /0 trees/ },
    { name: 'a value that is no number', change: (view) => view.setFloat64(values, Number.NaN, true), reason: /not finite/ },
    { name: 'rows that do not add up', change: (view) => view.setUint32(counts, 599, true), reason: /do not have its rows/ },
    { name: 'a tree that is cut', change: (view) => view.setUint32(sizes, 1, true), reason: /as many nodes/ },
    { name: 'a feature that is none', change: (view) => view.setUint16(features, 5, true), reason: /feature that is none/ },
    {
      name: 'a split that became a leaf',
      change: (view) => {
        view.setUint16(features, 0xffff, true);
        view.setFloat32(values + nodes * 8, 0, true);
      },
      reason: /is not whole/,
    },
    {
      name: 'a split of infinite gain',
      change: (view) => view.setFloat32(values + nodes * 8, Infinity, true),
      reason: /no gain that is finite/,
    },
    { name: 'a leaf with a gain', change: (view) => view.setFloat32(counts - 4, 1, true), reason: /a leaf with a gain/ },
    { name: 'a quantile of a model that has none', change: (view) => view.setFloat64(40, 0.25, true), reason: /quantile/ },
    { name: 'a name that is not UTF-8', change: (view) => view.setUint8(names + 2, 0xff), reason: /not UTF-8/ },
    { name: 'something in the room behind the features', change: (view) => view.setUint8(features + nodes * 2, 1), reason: /another way/ },
    { name: 'a quantile beyond one', change: (view) => view.setFloat64(40, 1.5, true), reason: /quantile/ },
    { name: 'a forest of a quantile', change: (view) => view.setUint16(16, 0x0301, true), reason: /a forest cannot be quantile/ },
  ])('$name is refused with the reason', ({ change, reason }) => expect(() => decodeModel(forged(change))).toThrow(reason));
});
