import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { CheckResult } from './channels/channel.ts';

/** Sentence and remedy for each finding of the channel's live checks. */
const FINDINGS: Record<string, { message: string; remedy?: string }> = {
  'token-accepted': { message: 'WhatsApp accepts the access token' },
  'token-rejected': {
    message: 'WhatsApp refuses the access token',
    remedy: 'Generate a new System User token with whatsapp_business_messaging and whatsapp_business_management',
  },
  'permission-missing': {
    message: 'The access token lacks a permission',
    remedy: 'Assign the WhatsApp account to the System User and grant whatsapp_business_management',
  },
  'not-readable': {
    message: 'WhatsApp does not show this to the token',
    remedy: 'Check the id in Meta Business settings',
  },
  'account-rejected': { message: 'Meta rejected the WhatsApp account', remedy: 'Appeal in Meta Business settings' },
  'account-in-review': { message: 'Meta still reviews the WhatsApp account' },
  readable: { message: 'The WhatsApp account can be read' },
  owned: { message: 'The number belongs to the WhatsApp account' },
  'not-in-account': {
    message: 'The number does not belong to this WhatsApp account',
    remedy: 'Take phoneNumberId and wabaId from the same page of the Meta app',
  },
  subscribed: { message: 'The Meta app is subscribed to the WhatsApp account' },
  'not-subscribed': {
    message: 'No app is subscribed to the WhatsApp account, so no message would arrive',
    remedy: 'Grant whatsapp_business_management to the token, so that Parley can subscribe the app',
  },
  'other-app-only': {
    message: 'Only another app is subscribed to the WhatsApp account',
    remedy: 'Use a token of the Meta app that was named here',
  },
  'number-not-on-cloud-api': {
    message: 'The number is not on the Cloud API',
    remedy: 'Register the number for the Cloud API; a personal WhatsApp number cannot be connected',
  },
  'number-not-connected': {
    message: 'The number is not connected',
    remedy: 'Verify and register it in WhatsApp Manager',
  },
  'display-name-declined': { message: 'Meta declined the display name of the number' },
  'quality-low': { message: 'The quality rating of the number is low' },
  connected: { message: 'The number is connected' },
};

/** A finding in words. A warning lets the connection work; a skipped check says nothing. */
export function describeFinding(result: CheckResult): ConnectionCheck | undefined {
  if (result.outcome === 'skipped') return undefined;
  const words = FINDINGS[result.code] ?? { message: result.code };
  return { name: result.name, ok: result.outcome !== 'failed', ...words };
}
