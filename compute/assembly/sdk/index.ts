/** All that a strategy may import: `import { … } from 'tidemark'`. */
export { Bar } from './bar';
export { Strategy } from './strategy';
export { Parameter, integer, number, choice } from './parameters';
export { Sma } from '../indicators/sma';
export { Rsi } from '../indicators/rsi';
