import { isFields } from '../messages/types.ts';
import type { App, BusinessNumber, Customer, Waba } from '../model.ts';
import { findCustomer, type GraphWorld } from '../world.ts';

export type Body = Record<string, unknown>;

/** What a control call did wrong, with the status it is answered with. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

export const bodyOf = (body: unknown): Body => (isFields(body) ? body : {});

/** @throws ControlError 400 */
export function requiredText(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new ControlError(400, `${name} is required`);
  return value;
}

/** Numbers count as text: ids are often written as such. */
export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw new ControlError(400, `${name} must be text`);
  return String(value);
}

/** @throws ControlError 400 */
export function optionalNumber(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ControlError(400, `${name} must be a number`);
  return value;
}

/** @throws ControlError 404 */
export function appOf(world: GraphWorld, appId: unknown): App {
  const app = world.apps.get(String(appId));
  if (app === undefined) throw new ControlError(404, `no app ${String(appId)}`);
  return app;
}

/** @throws ControlError 404 */
export function numberOf(world: GraphWorld, phoneNumberId: unknown): BusinessNumber {
  const number = world.numbers.get(String(phoneNumberId));
  if (number === undefined) throw new ControlError(404, `no number ${String(phoneNumberId)}`);
  return number;
}

/** @throws ControlError 404 */
export function wabaOf(world: GraphWorld, wabaId: unknown): Waba {
  const waba = world.wabas.get(String(wabaId));
  if (waba === undefined) throw new ControlError(404, `no account ${String(wabaId)}`);
  return waba;
}

/** By phone or BSUID. @throws ControlError 404 */
export function customerOf(world: GraphWorld, phoneOrUserId: unknown): Customer {
  const customer = findCustomer(world, String(phoneOrUserId));
  if (customer === undefined) throw new ControlError(404, 'no such customer');
  return customer;
}
