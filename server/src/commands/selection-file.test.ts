import { expect, test } from 'vitest';
import { plainResult } from '../backtests/report/test/results.ts';
import { parseSelection, SelectionFileError } from './selection-file.ts';

const run = plainResult([100, 101]);
const record = {
  format: 1,
  dataHash: run.data.hash,
  strategyVersion: run.strategy.version,
  trials: 12,
  psr: 0.99,
  dsr: 0.8,
  pbo: null,
  walkForwardEfficiency: -0.2,
  trackRecordMin: 700.5,
  reasons: { pbo: 'fewer than two sets' },
};

test('a record is read as it is', () => expect(parseSelection(JSON.stringify(record), 'trials.json', run)).toEqual(record));

const { dsr: _dsr, ...withoutDsr } = record;
test.each([
  { name: 'no JSON', value: undefined, says: /^trials\.json: is not JSON: / },
  { name: 'a list', value: [], says: /expected object/ },
  { name: 'a figure left out', value: withoutDsr, says: /field dsr: / },
  { name: 'a figure too many', value: { ...record, sharpe: 1 }, says: /Unrecognized key: "sharpe"/ },
  { name: 'a probability above 1', value: { ...record, psr: 1.2 }, says: /field psr: / },
  { name: 'percent instead of a fraction', value: { ...record, pbo: 45 }, says: /field pbo: / },
  { name: 'no trials', value: { ...record, trials: 0 }, says: /field trials: / },
  { name: 'half a trial', value: { ...record, trials: 1.5 }, says: /field trials: / },
  { name: 'another format', value: { ...record, format: 2 }, says: /field format: / },
  { name: 'a reason for no figure', value: { ...record, reasons: { luck: 'none' } }, says: /field reasons: / },
  {
    name: 'other bars',
    value: { ...record, dataHash: '0'.repeat(64) },
    says: /field dataHash: is 000000000000…, but the run has cdcdcdcdcdcd…/,
  },
  { name: 'another strategy', value: { ...record, strategyVersion: '0'.repeat(64) }, says: /Give the record of the same strategy/ },
])('refused in one sentence: $name', ({ value, says }) => {
  const parse = (): unknown => parseSelection(value === undefined ? '{' : JSON.stringify(value), 'trials.json', run);
  expect(parse).toThrow(SelectionFileError);
  expect(parse).toThrow(says);
});
