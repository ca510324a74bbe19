import { describe } from 'vitest';
import { killPointSuite } from './kill-points/suite.ts';

describe('kill -9 at named points (embedded)', () => killPointSuite('embedded'));
