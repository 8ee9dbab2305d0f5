import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { BusinessNumber, Message } from '../model.ts';
import { createTraffic } from '../traffic.ts';
import { type GraphWorld, pageOfMessages } from '../world.ts';
import { ControlError, numberOf } from './input.ts';

const usualPage = 5_000;
const largestPage = 20_000;

type Query = Record<string, string | undefined>;

/** For benches: what was let through and refused, and what was accepted from whom, in few bytes. */
export function registerTrafficControl(server: FastifyInstance, { world }: GraphSandbox): void {
  server.get('/control/graph/traffic', async (request) => ({
    items: numbersOf(world, request.query as Query).map(showTraffic),
  }));

  server.delete('/control/graph/traffic', async (request, reply) => {
    for (const number of numbersOf(world, request.query as Query)) number.traffic = createTraffic();
    return reply.code(204).send();
  });

  server.get('/control/graph/sent', async (request) => {
    const query = request.query as Query;
    const number = numberOf(world, query.phoneNumberId);
    const limit = Math.min(readCount(query.limit, 'limit') ?? usualPage, largestPage);
    const isSent = ({ chat, from, origin }: Message) =>
      chat.number === number && from === 'business' && origin === 'api';
    const { items, nextAfter } = pageOfMessages(world, readCount(query.after, 'after') ?? -1, limit, isSent);
    return { items: items.map(({ seq, message }) => showSent(seq, message)), nextAfter };
  });
}

function readCount(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new ControlError(400, `${name} must be a whole number`);
  return count;
}

const numbersOf = (world: GraphWorld, { phoneNumberId }: Query): BusinessNumber[] =>
  phoneNumberId === undefined ? [...world.numbers.values()] : [numberOf(world, phoneNumberId)];

function showTraffic({ phoneNumberId, traffic }: BusinessNumber) {
  const { accepted, received, refused, failed, both, sends, firstAtMs, lastAtMs } = traffic;
  return {
    phoneNumberId,
    ...{ accepted, received, refused, failed, firstAtMs, lastAtMs },
    highestPerSecond: both.highest,
    highestAcceptedPerSecond: sends.highest,
  };
}

function showSent(seq: number, { id, chat, callbackData, type, template, status, statuses, atMs }: Message) {
  const code = statuses.find(({ code }) => code !== undefined)?.code;
  const { phone } = chat.customer;
  return { seq, wamid: id, to: phone, callbackData, type, template: template?.name, status, code, atMs };
}
