/** All that a strategy may import: `import { … } from 'tidemark'`. */
export { Bar } from './bar';
export { Strategy } from './strategy';
export { Parameter, integer, number, choice } from './parameters';
export { Atr } from '../indicators/atr';
export { BollingerBands } from '../indicators/bollinger-bands';
export { Ema } from '../indicators/ema';
export { Macd } from '../indicators/macd';
export { Rsi } from '../indicators/rsi';
export { Sma } from '../indicators/sma';
export { Stochastic } from '../indicators/stochastic';
