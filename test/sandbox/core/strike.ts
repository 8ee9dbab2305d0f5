import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultedCall, FaultRule } from './faults.ts';
import type { SandboxCore } from './index.ts';

/**
 * A fault that strikes one call. A handler asks `before`, has its effect, then asks `after`; whichever resolves to true
 * has ended the call, or lets it hang, and the handler returns its reply untouched. Kinds that are no business of the
 * connection pass both and are the handler's own.
 */
export type StruckFault = FaultRule & {
  before: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;
  after: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;
};

const usualDelayMs = 1_000;
const errorPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** The fault, if any, that a rule of the core has for this call. The rule counts as used. */
export function takeFault(core: SandboxCore, call: FaultedCall): StruckFault | undefined {
  const rule = core.faults.take(call);
  if (rule === undefined) return undefined;
  core.bus.emit({ kind: 'fault.struck', id: rule.id, target: rule.target, fault: rule.kind });
  return {
    ...rule,
    before: (request, reply) => strikeBefore(core, rule, request, reply),
    after: (request, reply) => strikeAfter(core, rule, request, reply),
  };
}

async function strikeBefore(
  core: SandboxCore,
  rule: FaultRule,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  switch (rule.kind) {
    case 'drop-before':
      return drop(request, reply);
    case 'hang':
      return hang(core, rule, request, reply);
    case 'status':
      answerWith(rule, reply);
      return true;
    case 'slow':
      await delay(rule.delayMs ?? usualDelayMs);
      return false;
    default:
      return false;
  }
}

async function strikeAfter(
  core: SandboxCore,
  rule: FaultRule,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  switch (rule.kind) {
    case 'drop-after':
      return drop(request, reply);
    case 'hang-after':
      return hang(core, rule, request, reply);
    case 'slow-after':
      await delay(rule.delayMs ?? usualDelayMs);
      return false;
    default:
      return false;
  }
}

/** Without `body`, the HTML page that a proxy shows when what is behind it does not answer. */
function answerWith(rule: FaultRule, reply: FastifyReply): void {
  const { body = errorPage } = rule;
  const isText = typeof body === 'string';
  const type = String(rule.contentType ?? (isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'));
  void reply
    .code(Number(rule.status ?? 502))
    .type(type)
    .send(isText ? body : JSON.stringify(body));
}

function drop(request: FastifyRequest, reply: FastifyReply): true {
  leaveUnanswered(reply);
  // A reset, not an orderly end: the caller cannot take it for an answer.
  request.raw.socket.resetAndDestroy();
  return true;
}

/** The connection stays open without an answer until the rule is removed or the caller gives up. */
function hang(core: SandboxCore, rule: FaultRule, request: FastifyRequest, reply: FastifyReply): true {
  leaveUnanswered(reply);
  const { socket } = request.raw;
  const forget = core.faults.hold(rule.id, () => socket.resetAndDestroy());
  socket.once('close', forget);
  return true;
}

function leaveUnanswered(reply: FastifyReply): void {
  reply.hijack();
  // Read by the request log: no status was sent.
  reply.raw.statusCode = 0;
}
