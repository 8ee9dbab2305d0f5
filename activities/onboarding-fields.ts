import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import { type FieldUse, missingFields } from '../workflows/domain/webhook-fields.ts';
import type { ChannelSetup } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { checkOf } from './check-words.ts';

/**
 * Whether the app hears what this number needs. Before a number is set up: what the phone app hands over comes once, and
 * goes nowhere without its field. Throws ChannelError where the network was not to be reached.
 */
export async function checkFields(setup: ChannelSetup, use: FieldUse): Promise<ConnectionCheck[]> {
  try {
    const fields = await setup.readAppFields();
    if (fields === undefined) return [];
    const missing = missingFields(fields, use);
    return missing.length === 0 ? [] : [checkOf('fields', false, 'fields-missing', { detail: missing.join(', ') })];
  } catch (error) {
    if (!(error instanceof ChannelError) || error.isPassing) throw error;
    return [checkOf('fields', true, 'fields-not-readable')];
  }
}
