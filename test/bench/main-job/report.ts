import type { CpuTimes } from '../process-cpu.ts';
import { atMostLine, type Line, latencyLine, percentile, round, showCounts, showMs } from '../table.ts';
import type { TemporalUsage } from '../temporal-usage.ts';
import { type Call, countKinds, type Outcome, type Sent } from './observations.ts';

type ProcessName = 'api' | 'worker' | 'sandbox' | 'postgres' | 'temporal';

export type Phase = {
  count: number;
  sent: Sent[];
  outcome: Outcome;
  /** Everything that the product called meanwhile. */
  calls: Call[];
  cpu: CpuTimes<ProcessName>;
  /** How long sending took. */
  sentMs: number;
  period: { fromMs: number; toMs: number };
};

export type Background = { cpu: CpuTimes<ProcessName>; ms: number; kinds: Record<string, number> };

/** Targets of the design: "Targets", two shared cores with everything on them. */
const TARGETS = {
  endToEnd: { p50: 75, p99: 300 },
  ack: { p99: 250 },
  writes: 1.05,
  actions: 2,
  events: 12,
  firstContactCalls: 5,
  pollsPerMinute: 1,
  liveTimesIdle: 2,
};

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

/** `POST` to a list is a read. */
const isWrite = (kind: string) => kind.startsWith('POST') && !kind.endsWith('/list');

export function firstContactLines(phase: Phase, usage: TemporalUsage): Line[] {
  const calls = phase.outcome.journeys.map((journey) => journey.calls.length);
  return [
    ...arrivalLines(phase),
    { what: 'webhook → task accepted', value: showMs(phase.outcome.journeys.map((one) => one.totalMs)) },
    { what: 'of it beyond the gate', value: showMs(beyondGate(phase)) },
    atMostLine('Planfix calls, most of any', Math.max(...calls), TARGETS.firstContactCalls, `, ${kindsOf(phase)}`),
    ...temporalLines(phase, usage),
  ];
}

const kindsOf = ({ outcome }: Phase) =>
  showCounts(
    countKinds(outcome.journeys.flatMap((journey) => journey.calls.map((kind) => ({ kind })))),
    outcome.journeys.length,
  );

const beyondGate = ({ outcome }: Phase) => outcome.journeys.map((one) => one.totalMs - one.gateMs);

export function arrivalLines({ count, outcome, sent }: Phase): Line[] {
  const refused = sent.filter((one) => one.status !== 200).length;
  const missing = count - outcome.journeys.length;
  return [
    {
      what: 'messages lost / twice',
      value: `${missing} / ${outcome.repeated} of ${count}`,
      target: '0 / 0',
      met: missing + outcome.repeated === 0,
    },
    { what: 'webhooks not answered 200', value: `${refused}`, target: '0', met: refused === 0 },
  ];
}

export const endToEndLine = (what: string, phase: Phase): Line =>
  latencyLine(what, beyondGate(phase), TARGETS.endToEnd);

export function steadyLines(phase: Phase, usage: TemporalUsage, quiet: Background): Line[] {
  const { journeys } = phase.outcome;
  const held = journeys.filter((one) => one.gateMs > 0).map((one) => one.gateMs);
  const acks = phase.sent.map((one) => one.ackMs);
  const writes = phase.calls.filter((call) => call.target === 'planfix' && isWrite(call.kind));
  const perMessage = usage.events / phase.count;
  return [
    ...arrivalLines(phase),
    endToEndLine('webhook → comment accepted, beyond the gate', phase),
    { what: 'the same, gate included', value: showMs(journeys.map((one) => one.totalMs)) },
    { what: 'messages that the gate held back', value: `${held.length}, ${showMs(held)}` },
    latencyLine('webhook → 200', acks, TARGETS.ack),
    atMostLine(
      'Planfix writes per message',
      writes.length / phase.count,
      TARGETS.writes,
      `, ${showCounts(countKinds(writes), phase.count)}`,
    ),
    atMostLine(
      'Temporal actions per message',
      sum(usage.actions) / phase.count,
      TARGETS.actions,
      `, ${showCounts(usage.actions, phase.count)}`,
    ),
    atMostLine('Temporal events per message', perMessage, TARGETS.events),
    { what: 'of it signal → workflow task begins', value: showMs(usage.signalToWorkflow) },
    { what: 'workflow task → turn of the lane begins', value: showMs(usage.workflowToActivity) },
    { what: 'turn of the lane', value: showMs(usage.activity) },
    ...cpuLines(phase, quiet),
  ];
}

function temporalLines(phase: Phase, usage: TemporalUsage): Line[] {
  return [
    {
      what: 'Temporal actions',
      value: `${round(sum(usage.actions) / phase.count)}, ${showCounts(usage.actions, phase.count)}`,
    },
    {
      what: 'Temporal events',
      value: `${round(usage.events / phase.count)} in ${round(usage.runs / phase.count)} runs`,
    },
  ];
}

/** What the background takes is not the message's: it is subtracted, and shown apart. */
function cpuLines(phase: Phase, quiet: Background): Line[] {
  const names = Object.keys(phase.cpu) as ProcessName[];
  const own = names.map((name) => phase.cpu[name] - (quiet.cpu[name] / quiet.ms) * phase.sentMs);
  const total = own.reduce((all, ms) => all + ms, 0);
  const shown = names.map((name, index) => `${name} ${round((own[index] as number) / phase.count)}`).join(', ');
  return [{ what: 'CPU per message', value: `${round(total / phase.count)} ms: ${shown}` }];
}

export function backgroundLines(quiet: Background, accounts: number): Line[] {
  const minutes = quiet.ms / 60_000;
  const calls = sum(quiet.kinds) / accounts / minutes;
  const names = Object.entries(quiet.cpu).map(([name, ms]) => `${name} ${round((ms / quiet.ms) * 100)}`);
  return [
    atMostLine(
      'Planfix calls per account and minute',
      calls,
      TARGETS.pollsPerMinute,
      `, ${showCounts(quiet.kinds, accounts * minutes)}`,
    ),
    { what: 'CPU, per cent of one core', value: names.join(', ') },
  ];
}

/** Live chats while something large goes on, against the same chats without it. */
export function liveLines(idle: Phase, during: Phase): Line[] {
  const p99 = (phase: Phase) => percentile(beyondGate(phase), 0.99);
  const ratio = p99(during) / p99(idle);
  return [
    { what: 'live chats, idle', value: showMs(beyondGate(idle)) },
    { what: 'live chats beside it', value: showMs(beyondGate(during)) },
    atMostLine('their p99, times idle', ratio, TARGETS.liveTimesIdle),
    ...arrivalLines(during),
  ];
}
