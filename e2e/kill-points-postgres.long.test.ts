import { describe } from 'vitest';
import { killPointSuite } from './kill-points/suite.ts';

describe('kill -9 at named points (postgres)', () => killPointSuite('postgres'));
