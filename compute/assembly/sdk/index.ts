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
export { TrueRange } from '../indicators/true-range';
export { Adx } from '../indicators/adx';
export { Natr } from '../indicators/natr';
export { PlusDi } from '../indicators/plus-di';
export { MinusDi } from '../indicators/minus-di';
export { ParabolicSar } from '../indicators/parabolic-sar';
export { OnBalanceVolume } from '../indicators/on-balance-volume';
export { AccumulationDistribution } from '../indicators/accumulation-distribution';
