/** One class for strategies and indicators. */
export { ParameterError } from './indicator-parameters.ts';
