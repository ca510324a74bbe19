import type { Instant } from '../../money/instant.ts';
import type { RoleName } from './roles.ts';

/** `configured`: the model that the server is set up for. `scripted`: no model at all, a fixed course that needs no key. */
export const MODEL_CHOICES = ['configured', 'scripted'] as const;
export type ModelChoice = (typeof MODEL_CHOICES)[number];

/** What an agent may use up. Days are those of UTC. */
export interface Budget {
  /** Answers of the model in one run. */
  readonly turnsPerRunMax: number;
  /** Of wall time. */
  readonly secondsPerRunMax: number;
  /** Read and written together, as the model's provider counts them. */
  readonly tokensPerDayMax: number;
  /** Sets of parameters, as the ledger of trials counts them. */
  readonly trialsPerDayMax: number;
  /** Of backtests, sweeps and walk-forwards, from begin to end. */
  readonly workSecondsPerDayMax: number;
}

/** What of a day's budget is used up. */
export interface Used {
  readonly tokens: number;
  readonly trials: number;
  readonly workSeconds: number;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly role: RoleName;
  /** Under which it acts; nobody knows its secret. */
  readonly keyId: string;
  /** The person who made it. */
  readonly ownerId: string;
  readonly model: ModelChoice;
  /** Whether it runs by itself, and how often; by hand alone where absent. */
  readonly everyMinutes: number | undefined;
  readonly budget: Budget;
  readonly isPaused: boolean;
  readonly createdAt: Instant;
}

export const RUN_TRIGGERS = ['schedule', 'person'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** `stopped`: somebody paused it, or its key ended. `cut_off`: the server ended before the run did. */
export const RUN_OUTCOMES = ['done', 'over_budget', 'stopped', 'failed', 'cut_off'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** Why a run is over, in one sentence. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly reason: string;
}

export interface AgentRun {
  readonly id: string;
  readonly agentId: string;
  readonly trigger: RunTrigger;
  /** As the journal names whoever asked for it; none where a schedule did. */
  readonly askedBy: string | undefined;
  readonly queuedAt: Instant;
  /** Not yet where it waits. */
  readonly begunAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly end: RunEnd | undefined;
  /** What it said last: its report. */
  readonly summary: string | undefined;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

/** One answer of the model. Written before any of its calls is made. */
export interface AgentTurn {
  /** From 1. */
  readonly number: number;
  readonly at: Instant;
  /** Text of a model: data, never an instruction. */
  readonly said: string;
  /** Names of the tools that it asked for, in order. */
  readonly tools: readonly string[];
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly durationMs: number;
}

/** How the record of calls names a turn. */
export const turnName = (runId: string, number: number): string => `${runId}/${number}`;

/** The most of what a model said that is kept of one turn. */
export const SAID_LENGTH_MAX = 16_000;
