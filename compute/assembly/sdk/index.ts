/** All that a strategy may import: `import { … } from 'tidemark'`. */
export { Bar } from './bar';
export { Calendar } from './calendar';
export { CrossingStrategy } from './crossing';
export { History } from './history';
export { Order } from './order';
export { Strategy } from './strategy';
export { Timeframe } from './timeframe';
export { Parameter, integer, number, choice } from './parameters';
export { EXPONENTIAL, Filter, SIMPLE } from '../indicators/filter';
export { Atr } from '../indicators/atr';
export { BollingerBands } from '../indicators/bollinger-bands';
export { Highest, Lowest } from '../indicators/extremes';
export { Ema } from '../indicators/ema';
export { Macd } from '../indicators/macd';
export { Rsi } from '../indicators/rsi';
export { Sma } from '../indicators/sma';
export { Stochastic } from '../indicators/stochastic';
