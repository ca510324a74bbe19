/** Every term of the dashboard, said once. Tooltips and the Help page read from here. */
export interface Term {
  readonly name: string;
  readonly text: string;
}

export const GLOSSARY = {
  equity: {
    name: 'Equity',
    text: 'Cash plus the market value of all positions. Limits are measured against it. It is neither cash nor buying power.',
  },
  cash: { name: 'Cash', text: 'Settled and unsettled dollars in the account, without positions.' },
  dayPnl: {
    name: 'Day P&L',
    text: 'Change of equity since the previous session’s close. The session is the exchange’s, not midnight UTC.',
  },
  openPnl: { name: 'Open P&L', text: 'Unrealised profit or loss of the positions held now, at their marks, before the cost of closing.' },
  realizedPnl: { name: 'Realised P&L', text: 'Profit or loss of what has been closed, against average cost, before fees.' },
  closedPnl: {
    name: 'Closed P&L',
    text: 'Profit or loss of all closed round trips since the account was first seen, after fees. A round trip pairs the oldest units first.',
  },
  accountPnl: {
    name: 'Total P&L',
    text: 'All that the account has made since it was first seen: closed and open, with dividends and charges, after fees. Deposits and withdrawals are no part of it; what it held then counts from its cost.',
  },
  totalPnl: { name: 'Total P&L', text: 'Closed round trips plus open profit or loss, since the strategy was created.' },
  drawdown: { name: 'Drawdown', text: 'How far equity is below its high-water mark, marked at each bar.' },
  highWaterMark: { name: 'High-water mark', text: 'The highest equity so far. It never falls by itself; drawdown is measured from it.' },
  grossExposure: { name: 'Gross exposure', text: 'Sum of the absolute values of all positions, as a share of equity.' },
  netExposure: { name: 'Net exposure', text: 'Long value less short value, as a share of equity.' },
  buyingPower: { name: 'Buying power', text: 'What the broker lets new orders spend. Working orders hold back their cost.' },
  limitUse: {
    name: 'Limits in use',
    text: 'How much of each limit the account uses now. Exactly at a limit passes; one unit beyond is denied.',
  },
  mark: { name: 'Mark', text: 'The newest price known: mid of the quote, else the last trade, else the last bar’s close.' },
  impliedVolatility: {
    name: 'IV',
    text: 'Implied volatility: the yearly volatility at which the model gives the middle of the quote. Computed here where the feed has none; where no volatility fits, there is none, and the reason.',
  },
  delta: { name: 'Delta', text: 'How far the option’s price moves with one dollar of its underlying; of one share.' },
  theta: { name: 'Theta', text: 'What the option’s price loses with one calendar day that passes; of one share.' },
  available: {
    name: 'Available',
    text: 'Units that a new order may still close: open orders that would close the position hold back theirs. It is the risk gate’s own count.',
  },
  positionDayPnl: {
    name: 'Day P&L',
    text: 'Since the previous session’s close, after fees: value at the mark, less the value at that close of what was held then, plus the cash of fills since. What was opened today counts from its own price.',
  },
  stop: {
    name: 'Stop',
    text: 'Where a working order would close some of the position at a loss bounded; the nearest to the mark. “moves”: the broker moves it and only the broker knows where it is. “here”: the broker does not hold it, this program watches it.',
  },
  target: { name: 'Target', text: 'Where a working limit order would close some of the position; the nearest.' },
  bracket: {
    name: 'Bracket',
    text: 'A stop and a target for what is held. They only reduce, and whichever fills first cancels the other; at the exchange they are one pair (OCO). A stop that is touched sells at the market: a gap fills beyond it.',
  },
  moneyAtRisk: {
    name: 'At risk',
    text: 'Distance from the mark to the stop, times the units: without gaps and fees. The whole value of what no stop covers; n/a for a short that none covers, whose loss has no bound. Limits use another figure, with a margin for gaps.',
  },
  weight: { name: 'Weight', text: 'Value of the position as a share of equity.' },
  averagePrice: {
    name: 'Average entry',
    text: 'Average cost of the units held now. Trades are matched first in, first out; positions use average cost.',
  },
  slippage: {
    name: 'Slippage',
    text: 'Average fill price against the arrival price, in basis points. Positive is worse for us. Fees are apart.',
  },
  pause: {
    name: 'Pause',
    text: 'What opens positions is denied there, on the account, of a strategy or in a symbol. Nothing is cancelled, exits go on, and strategies are asked as before. People put pauses, which two people end; breakers put them on a part, or halve sizes there, for a time or until a risk officer has looked.',
  },
  whatIf: {
    name: 'What if',
    text: 'The model’s answer to features that are set by hand, by the same arithmetic as where it trades. Each feature adds a part to the score, in log odds of a classifier; “moved by” is what that part has changed by against the row that it began with. A model may say anything of rows unlike those that it has learnt from.',
  },
  band: {
    name: 'Against its backtest',
    text: 'What the strategy has gained since it was last switched on or configured, as a share of its capital then, among stretches of as many bars that draw the returns of its newest backtest anew, in blocks: same version, parameters, symbols and bars, and only bars of before it began. Between the outer edges 9 in 10 of the stretches end.',
  },
  parity: {
    name: 'Parity',
    text: 'The strategy’s own version over the very bars that it traded on, as a backtest: its decisions must be the same; prices and quantities of its executions are the market’s.',
  },
  arrivalPrice: { name: 'Arrival price', text: 'What the market showed when the intent was made.' },
  orderRisk: {
    name: 'Order risk',
    text: 'What the order can lose: to its protective stop with a margin, else under a stress move of at least 20 %.',
  },
  intent: { name: 'Intent', text: 'The wish to trade, before the risk gate has seen it.' },
  order: { name: 'Order', text: 'An intent that the risk gate approved and that was sent to the broker.' },
  fill: { name: 'Fill', text: 'One execution of an order, as the broker reports it. An order can have many.' },
  trade: { name: 'Trade', text: 'A round trip: entry and exit matched first in, first out.' },
  denied: { name: 'Denied', text: 'Our risk gate said no. Every violated control is listed with its limit and the actual figure.' },
  rejected: { name: 'Rejected', text: 'The broker said no. Its own words are shown.' },
  engine: {
    name: 'Engine',
    text: 'The process that trades the account; there is one. Every other process shows what it has written down, and says so when it does not hear it.',
  },
  replace: {
    name: 'Replace',
    text: 'Puts an order of other terms in the place of a working one, in one step at the exchange and under an id of its own. What has filled stays filled; symbol, side and type stay. Where the exchange refuses, the order stands as before.',
  },
  reduceOnly: { name: 'Reduce only', text: 'May shrink a position, never open or turn one. Entry limits do not hold it back.' },
  version: {
    name: 'Version',
    text: 'SHA-256 of the WebAssembly module that decides. The same hash means the same decisions, tested or trading.',
  },
  allocation: { name: 'Allocation', text: 'The share of equity that a strategy may use.' },
  lastDecision: { name: 'Last decision', text: 'What the strategy wanted at its newest bar, with its reason.' },
  tradingState: {
    name: 'Trading state',
    text: 'ACTIVE: all orders. HALF: entries at half size. REDUCING: only orders that shrink a position. HALTED: cancels, and closing by people. FROZEN: nothing without a person. Breakers move it right; only people move it left.',
  },
  killSwitch: {
    name: 'Kill switch',
    text: 'Closes the gate first, then cancels every open order; then freezes, or closes the positions too. Releasing takes a reason and a second person.',
  },
  breaker: { name: 'Breaker', text: 'A rule that lowers the trading state by itself when losses pass a threshold.' },
  ceiling: { name: 'Ceiling', text: 'Compiled in. No one can raise a limit above it.' },
  simulated: { name: 'Simulated', text: 'Orders go to our own exchange, on real or synthetic bars. No broker is involved.' },
  paper: { name: 'Paper', text: 'Orders go to the broker’s paper account: real prices, no real money.' },
  live: { name: 'Live', text: 'Orders go to the broker’s real account. Real money.' },
  seq: {
    name: 'Sequence number',
    text: 'Number of the newest journal entry shown. Every event and effect is one entry, hash-chained to the one before.',
  },
  journal: {
    name: 'Journal',
    text: 'The append-only record of everything that happened. Orders, positions, equity and alerts are read off it and can be rebuilt.',
  },
  feedAge: { name: 'Feed age', text: 'Time since the newest market data. Old data denies entries.' },
  backup: {
    name: 'Backup',
    text: 'The journal and the records in one file, made by tidemark backup and read back whole. Backups that were made by other means are not known here.',
  },
  reconciliation: {
    name: 'Reconciliation',
    text: 'Comparing our positions, orders and cash with the broker’s. A difference halts entries.',
  },
  bar: {
    name: 'Bar',
    text: 'Open, high, low, close and volume of an interval, stamped with its start in UTC. It is known only at its end.',
  },
  sharpe: { name: 'Sharpe', text: 'Mean excess return per period / its sample standard deviation × √periods (252 for daily equities).' },
  sortino: { name: 'Sortino', text: 'Mean excess return over downside deviation of all periods, × √periods.' },
  adverseExcursion: {
    name: 'MAE',
    text: 'Maximum adverse excursion: the worst price while the trade was held, against its entry. Far from 0 for trades that ended well: they were endured, or a stop was too far away to matter.',
  },
  favourableExcursion: {
    name: 'MFE',
    text: 'Maximum favourable excursion: the best price while the trade was held, against its entry. Far above what the trade made: it was left late.',
  },
  cone: {
    name: 'Monte Carlo cone',
    text: 'Where accounts stand that draw the run’s own returns anew, in blocks of bars, by the stationary bootstrap. It reorders what happened, and knows nothing of what may happen.',
  },
  plateau: {
    name: 'Plateau',
    text: 'The set in the middle of the best neighbourhood: the median of the Sharpe ratios one step of the grid around it is the highest. A lonely peak is more likely luck.',
  },
  psr: {
    name: 'PSR',
    text: 'Probabilistic Sharpe ratio: the probability that the true ratio is above 0, given how many bars there are and how their returns are distributed.',
  },
  dsr: {
    name: 'DSR',
    text: 'Deflated Sharpe ratio: the probability that the true ratio is above what the best of so many trials is expected to show without any skill. Not 1 − PBO.',
  },
  pbo: {
    name: 'PBO',
    text: 'Probability of backtest overfitting: of all ways to cut the bars in two halves, the share in which the best set of one half is no better than the middle in the other. A half is a coin.',
  },
  walkForwardEfficiency: {
    name: 'Efficiency',
    text: 'Walk-forward efficiency: the return a bar that the chosen sets made in bars they had not seen, over the return a bar in those they were chosen in. 1 is all of it, 0 nothing.',
  },
  trials: {
    name: 'Trials',
    text: 'Sets of parameters that were ever tried on bars of this span, by whatever strategy. None is ever taken out.',
  },
  fewTrades: {
    name: 'Fewer than 30 trades',
    text: 'Too few round trips for the ratios to mean much: they are shown, but do not lean on them.',
  },
  fillModel: {
    name: 'Fill model',
    text: 'When a decision becomes a fill. “Next open”: decided on a bar’s close, filled at the next bar’s open.',
  },
  synthetic: {
    name: 'Synthetic prices',
    text: 'Made by a seeded model, not observed on a market. Good for trying things out; says nothing about the future.',
  },
  auc: {
    name: 'AUC',
    text: 'The probability that a row that came true was given a higher probability than one that did not. 0.5 is a coin; of the direction of daily prices honest models show 0.49 to 0.53.',
  },
  logLoss: {
    name: 'Log-loss',
    text: 'Mean of −ln of the probability that was given to what came. Lower is better; a coin has ln 2 = 0.693.',
  },
  brier: {
    name: 'Brier score',
    text: 'Mean squared difference of the probability and what came, 0 or 1. Lower is better; a coin has 0.25.',
  },
  rmse: {
    name: 'RMSE',
    text: 'Root of the mean squared difference of the predicted value and what came, in the label’s own unit. Lower is better.',
  },
  baseRate: {
    name: 'Base rate',
    text: 'The loss of who always says the share of ones in the rows that were learnt from; of values, their mean. A model that is not below it has found nothing.',
  },
  ic: {
    name: 'IC',
    text: 'Information coefficient: correlation of predictions and the returns that came. 0 is chance; n/a below 30 outcomes.',
  },
  rankIc: { name: 'Rank IC', text: 'The same of their ranks: whether higher predictions came with higher returns, whatever the sizes.' },
  precision: { name: 'Precision', text: 'Of the rows that it called up, the share that came up.' },
  recall: { name: 'Recall', text: 'Of the rows that came up, the share that it had called up.' },
  mcc: { name: 'MCC', text: 'Matthews correlation of what was said and what came, −1 to 1. 0 is chance, however uneven the classes are.' },
  calibrationError: {
    name: 'Calibration error',
    text: 'By how much the probabilities it gives differ from how often they come true: mean over the bins, by their rows.',
  },
  label: {
    name: 'Label',
    text: 'What a model learns to predict, from bars after the row’s own. Rows whose label overlaps the test span are purged.',
  },
  datasetHash: {
    name: 'Dataset',
    text: 'SHA-256 of the rows that were learnt from: bars, features with versions, label, weights and splits.',
  },
  psi: {
    name: 'PSI',
    text: 'Population stability index: Σ (p − q) · ln(p / q) over bins of the training’s rows. 0 is alike. Features move slowly, so a few months always show some: health counts what lies above that.',
  },
  kl: { name: 'KL', text: 'Kullback–Leibler divergence of the window from the training, in nats. 0 is alike.' },
  ks: { name: 'KS', text: 'Largest distance of the two cumulative distributions, 0 to 1, at the edges of the bins.' },
  meanShift: { name: 'Mean shift', text: 'Mean of the window less that of the training, in deviations of the training.' },
  entropyShift: { name: 'Entropy', text: 'Change of the mean entropy of predictions, in bits: whether it has become surer or less sure.' },
  driftError: {
    name: 'Error',
    text: 'Log-loss of known outcomes above that of unseen rows of the training; of values the RMSE above theirs, as a part of it.',
  },
  modelHealth: {
    name: 'Health',
    text: '100 less the largest measure of drift above what is usual, as a share of its worst: the worst measure decides, and none can make good for another.',
  },
  challenger: {
    name: 'Champion, challenger',
    text: 'Of one strategy, symbols and timeframe one model is champion. A shadow is looked at beside it; with real money only the champion trades.',
  },
  benchmark: { name: 'Benchmark', text: 'The S&P 500, scaled to the account’s equity at the start of the range.' },
} as const satisfies Record<string, Term>;

export type TermKey = keyof typeof GLOSSARY;
