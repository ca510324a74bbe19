import { createRequest } from '@urql/core';
import type { AnyVariables, CombinedError, OperationResult, TypedDocumentNode } from '@urql/core';
import {
  AlertsLiveDocument,
  ControlsLiveDocument,
  EquityLiveDocument,
  HealthLiveDocument,
  LimitsDocument,
  OrdersLiveDocument,
  PositionsLiveDocument,
  StartDocument,
  StrategiesLiveDocument,
} from '@tidemark/schema/documents';
import type {
  AlertPartsFragment,
  ControlsPartsFragment,
  EquityPartsFragment,
  HealthPartsFragment,
  LimitPartsFragment,
  OrderPartsFragment,
  OverviewPartsFragment,
  PositionPartsFragment,
  StartQuery,
  StrategyPartsFragment,
} from '@tidemark/schema/documents';
import { confirmLogin } from '#lib/people/confirm.svelte.ts';
import { answerOf, explainError, isLoggedOut, isOutdated, needsConfirming, openWire } from './client.ts';
import type { Answer, Connection, Wire } from './client.ts';
import { makeFrame, throttle } from './frame.ts';
import { isNews, merged } from './kept.ts';
import { alertsOf, ordersOf, Pushed } from './reading.ts';

const KEPT_ORDERS = 500;
const KEPT_ALERTS = 200;
const KEPT_POINTS = 5_000;
/** Pings go out every four seconds: after this much silence what is shown may be old. */
const STALE_AFTER_MS = 10_000;
/** What is shown is new: the socket is there, or the page is, which has been read just now, before its first socket. */
const FRESH: ReadonlySet<Connection> = new Set(['live', 'connecting']);
const REOPEN_MS = 3_000;
const LIMITS_GAP_MS = 2_000;

interface ResyncLike {
  readonly __typename: 'Resync';
}

/**
 * What is true now, as the server last said: one snapshot, then every change pushed. Nothing here asks on a timer.
 * Values are replaced, never changed in place, and at most once a frame.
 */
class Live {
  connection = $state<Connection>('connecting');
  loggedOut = $state(false);
  /** Why the first reading failed; `undefined` once it succeeded. */
  problem = $state<string>();
  ready = $state(false);
  /** This page is of another version than the server: parts of it cannot be asked for until it is loaded again. */
  outdated = $state(false);
  /** Wall clock, once a second: ages are measured against it. */
  now = $state(Date.now());

  viewer = $state.raw<StartQuery['viewer']>();
  overview = $state.raw<OverviewPartsFragment>();
  /** When this page received `overview`. */
  overviewAt = $state(Date.now());
  strategies = $state.raw<readonly StrategyPartsFragment[]>([]);
  positions = $state.raw<readonly PositionPartsFragment[]>([]);
  orders = $state.raw<readonly OrderPartsFragment[]>([]);
  alerts = $state.raw<readonly AlertPartsFragment[]>([]);
  controls = $state.raw<ControlsPartsFragment>();
  limits = $state.raw<readonly LimitPartsFragment[]>([]);
  health = $state.raw<HealthPartsFragment>();
  /** Points of the equity curve that closed since this page was opened; oldest first. */
  points = $state.raw<readonly EquityPartsFragment[]>([]);
  /** Counts up at each order change: lists that are read page by page follow it. */
  orderChanges = $state(0);

  /** When anything came over the connection last, by the wall clock. */
  heardAt = $state(Date.now());
  readonly stale = $derived(this.ready && (!FRESH.has(this.connection) || this.now - this.heardAt > STALE_AFTER_MS));
  /** The server answers, and does not hear the engine: nothing is traded, and what is shown is of then. */
  readonly engineAway = $derived(this.health?.engine.standing === 'AWAY');
  readonly seq = $derived(Math.max(this.overview?.seq ?? 0, this.health?.seq ?? 0));

  #wire: Wire | undefined;
  #subscriptions: (() => void)[] = [];
  #stopped = false;
  #wasLive = false;
  /** What was asked before there was a page to show it. */
  #early: Promise<OperationResult<StartQuery>> | undefined;
  /** Questions so far. */
  #asked = 0;
  readonly #pushed = new Pushed();
  readonly #frame = makeFrame();
  readonly #refreshLimits = throttle(LIMITS_GAP_MS, () => void this.readLimits());
  readonly #checkLogin = throttle(REOPEN_MS * 2, () => void this.read());

  /** Asks for the first reading while the page's own scripts are still on their way. */
  ask(): void {
    this.#early ??= this.#start();
  }

  /** Opens the connection and keeps it open until the returned function is called. */
  start(): () => void {
    this.#stopped = false;
    if (!this.#wire) this.#open();
    void this.read();
    const tick = setInterval(() => (this.now = Date.now()), 1_000);
    const online = () => void this.read();
    globalThis.addEventListener('online', online);
    return () => {
      this.#stopped = true;
      clearInterval(tick);
      globalThis.removeEventListener('online', online);
      this.#close();
    };
  }

  async query<D, V extends AnyVariables>(document: TypedDocumentNode<D, V>, variables: V): Promise<Answer<D>> {
    this.#asked += 1;
    // Under a key of its own: the client would give a question that is already on its way as the answer, which may be older than the news that this one is for.
    const request = { ...createRequest(document, variables), key: -this.#asked };
    const result = await this.#client().executeQuery(request).toPromise();
    this.#heed(result.error);
    return answerOf(result);
  }

  async mutate<D, V extends AnyVariables>(document: TypedDocumentNode<D, V>, variables: V): Promise<Answer<D>> {
    const result = await this.#client().mutation(document, variables).toPromise();
    // Nothing was done: the same again, once the person has proved who they are.
    if (needsConfirming(result.error) && (await confirmLogin.ask())) return this.mutate(document, variables);
    this.#heed(result.error);
    return answerOf(result);
  }

  /** What concerns the whole page, whoever asked. */
  #heed(error: CombinedError | undefined): void {
    if (isLoggedOut(error)) this.loggedOut = true;
    if (isOutdated(error)) this.outdated = true;
  }

  /** Listens until the returned function is called; a fallen subscription is made again. */
  subscribe<D, V extends AnyVariables>(document: TypedDocumentNode<D, V>, variables: V, apply: (data: D) => void): () => void {
    let open = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let unsubscribe = () => {};
    const listen = () => {
      const subscription = this.#client()
        .subscription(document, variables)
        .subscribe((result) => {
          const { data, error } = result;
          if (data !== undefined) this.#frame.add(() => open && apply(data));
          this.#heed(error);
          // Neither is mended by asking again.
          if (error && open && !isLoggedOut(error) && !isOutdated(error)) {
            subscription.unsubscribe();
            clearTimeout(retry);
            retry = setTimeout(listen, REOPEN_MS);
          }
        });
      unsubscribe = () => subscription.unsubscribe();
    };
    listen();
    return () => {
      open = false;
      clearTimeout(retry);
      unsubscribe();
    };
  }

  /** Reads everything again, and follows it from there. */
  async read(): Promise<void> {
    const asked = this.#early ?? this.#start();
    this.#early = undefined;
    const result = await asked;
    if (this.#stopped) return;
    this.#heed(result.error);
    if (isLoggedOut(result.error)) {
      this.#unfollow();
      return;
    }
    if (result.error || !result.data) {
      this.problem = result.error ? explainError(result.error) : 'The server answered without data. Reload the page.';
      if (!this.ready) setTimeout(() => !this.#stopped && !this.ready && void this.read(), REOPEN_MS);
      return;
    }
    this.#take(result.data);
    this.#follow();
  }

  #start(): Promise<OperationResult<StartQuery>> {
    return this.#client().query(StartDocument, {}).toPromise();
  }

  async readLimits(): Promise<void> {
    const answer = await this.query(LimitsDocument, {});
    if (answer.ok) this.limits = answer.data.limits;
  }

  /** An order as a request was answered with. */
  takeOrder(order: OrderPartsFragment): void {
    this.#keepOrder(order, 'answer');
  }

  #keepOrder(order: OrderPartsFragment, by: 'push' | 'answer'): void {
    const known = this.orders.find((one) => one.id === order.id);
    if (!isNews(known, order, by)) return;
    this.orders = merged(this.orders, order, KEPT_ORDERS);
    this.orderChanges += 1;
    this.#refreshLimits();
  }

  takeControls(controls: ControlsPartsFragment): void {
    this.controls = controls;
  }

  takeStrategy(strategy: StrategyPartsFragment): void {
    const at = this.strategies.findIndex((one) => one.id === strategy.id);
    this.strategies = at < 0 ? [...this.strategies, strategy] : this.strategies.with(at, strategy);
  }

  takeLimit(limit: LimitPartsFragment): void {
    this.limits = this.limits.map((one) => (one.id === limit.id ? limit : one));
  }

  takeAlert(alert: AlertPartsFragment): void {
    this.alerts = merged(this.alerts, alert, KEPT_ALERTS);
  }

  #client() {
    if (!this.#wire) this.#open();
    if (!this.#wire) throw new Error('Invariant: opening makes a wire.');
    return this.#wire.client;
  }

  #open(): void {
    this.#wire = openWire({
      onHeard: () => (this.heardAt = Date.now()),
      onConnection: (state) => this.#connected(state),
    });
  }

  #close(): void {
    this.#unfollow();
    this.#wire?.close();
    this.#wire = undefined;
  }

  #connected(state: Connection): void {
    if (this.#stopped) return;
    this.connection = state;
    if (state === 'live') {
      this.heardAt = Date.now();
      // Facts resume by cursor; everything else is simply read again.
      if (this.#wasLive || this.problem !== undefined) void this.read();
      this.#wasLive = true;
      return;
    }
    if (state === 'offline') setTimeout(() => this.#reopen(), REOPEN_MS);
    if (state === 'refused' || state === 'reconnecting') this.#checkLogin();
  }

  /** The socket gave up for good: begin anew. */
  #reopen(): void {
    if (this.#stopped || this.loggedOut) return;
    this.#close();
    this.#open();
    void this.read();
  }

  #take(data: StartQuery): void {
    const nodes = <T>(connection: { readonly edges: readonly { readonly node: T }[] }) => connection.edges.map(({ node }) => node);
    const { seq } = data.overview;
    // What was known before anything was followed is of before this reading, or of another journal.
    const [orders, alerts] = this.#subscriptions.length > 0 ? [this.orders, this.alerts] : [[], []];
    this.orders = ordersOf(orders, nodes(data.orders), seq, this.#pushed);
    this.alerts = alertsOf(alerts, nodes(data.alerts), seq, this.#pushed);
    // Each subscription to a state begins with all of it: what is left out here comes, or has come.
    if (!this.#pushed.areStatesAfter(seq)) {
      this.overview = data.overview;
      this.overviewAt = Date.now();
      this.strategies = nodes(data.strategies);
      this.positions = nodes(data.positions);
      this.controls = data.controls;
      this.health = data.health;
    }
    this.viewer = data.viewer;
    this.limits = data.limits;
    this.orderChanges += 1;
    this.problem = undefined;
    this.loggedOut = false;
    this.ready = true;
  }

  #unfollow(): void {
    for (const stop of this.#subscriptions) stop();
    this.#subscriptions = [];
    this.#pushed.clear();
  }

  /** Resubscribes without a cursor of old; called once, and again only after a Resync. */
  #follow(): void {
    if (this.#subscriptions.length > 0) return;
    const after = String(this.overview?.seq ?? 0);
    this.#subscriptions = [
      this.subscribe(EquityLiveDocument, {}, ({ equity }) => {
        if (this.#resynced(equity)) return;
        this.#pushed.noteStates(equity.cursor);
        this.overview = equity.overview;
        this.overviewAt = Date.now();
        const { point } = equity;
        if (point && point.seq > (this.points.at(-1)?.seq ?? 0)) {
          this.points = [...this.points, point].slice(-KEPT_POINTS);
          this.#refreshLimits();
        }
      }),
      this.subscribe(PositionsLiveDocument, {}, ({ positions }) => {
        if (this.#resynced(positions)) return;
        this.#pushed.noteStates(positions.cursor);
        this.positions = positions.positions;
      }),
      this.subscribe(OrdersLiveDocument, { after }, ({ orders }) => {
        if (this.#resynced(orders)) return;
        this.#pushed.noteFact(orders.order.id, orders.cursor);
        this.#keepOrder(orders.order, 'push');
      }),
      this.subscribe(AlertsLiveDocument, { after }, ({ alerts }) => {
        if (this.#resynced(alerts)) return;
        this.#pushed.noteFact(alerts.alert.id, alerts.cursor);
        this.takeAlert(alerts.alert);
      }),
      this.subscribe(StrategiesLiveDocument, {}, ({ strategies }) => (this.strategies = strategies)),
      this.subscribe(ControlsLiveDocument, {}, ({ controls }) => {
        this.controls = controls;
        this.#refreshLimits();
      }),
      this.subscribe(HealthLiveDocument, {}, ({ health }) => (this.health = health.health)),
    ];
  }

  /** Whether the server says that we fell behind; then everything is read again. */
  #resynced(event: { readonly __typename: string }): event is ResyncLike {
    if (event.__typename !== 'Resync') return false;
    this.#unfollow();
    void this.read();
    return true;
  }
}

export const live = new Live();
