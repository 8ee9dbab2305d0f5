import { describe, expect, it } from '@jest/globals';
import { chooseRoad, type NumberState } from '../../../../workflows/domain/number-road.ts';

const CONNECTED: NumberState = { status: 'CONNECTED', platform: 'CLOUD_API', codeVerification: 'VERIFIED' };
const NEW: NumberState = { status: 'PENDING', platform: 'NOT_APPLICABLE', codeVerification: 'VERIFIED', hasPin: false };

const refused = (code: string) => ({ kind: 'refused', code });

describe('the road of a number', () => {
  it.each<[string, NumberState, object]>([
    ['is as it is when it is connected', CONNECTED, { kind: 'ready' }],
    ['is not barred by what the network does not say', {}, { kind: 'ready' }],
    [
      'of a registered number is not registering, although its code has expired',
      { ...CONNECTED, codeVerification: 'EXPIRED' },
      { kind: 'ready' },
    ],
    ['of a flagged number is not registering', { ...CONNECTED, status: 'FLAGGED' }, { kind: 'ready' }],
    ['is registering when it is verified and not registered', NEW, { kind: 'register' }],
    ['is registering after it was deregistered', { ...NEW, status: 'DISCONNECTED' }, { kind: 'register' }],
    [
      'is closed while it is not verified',
      { ...NEW, codeVerification: 'NOT_VERIFIED' },
      refused('number-not-verified'),
    ],
    ['is closed while its PIN is not known', { ...NEW, hasPin: true }, refused('pin-needed')],
    [
      'is closed when it is on another platform',
      { ...NEW, platform: 'ON_PREMISE' },
      refused('number-not-on-cloud-api'),
    ],
    ['is closed when it was banned', { ...CONNECTED, status: 'BANNED' }, refused('number-not-usable')],
    ['is shared with the phone app once it is linked', { ...CONNECTED, onBusinessApp: true }, { kind: 'business-app' }],
    ['is never registering in the phone app', { ...NEW, onBusinessApp: true }, refused('business-app-not-linked')],
    [
      'in the phone app may be pending',
      { ...CONNECTED, status: 'PENDING', onBusinessApp: true },
      { kind: 'business-app' },
    ],
  ])('%s', (_what, number, road) => {
    expect(chooseRoad(number, false)).toEqual(road);
  });

  it('is open with the PIN of a number that has one', () => {
    expect(chooseRoad({ ...NEW, hasPin: true }, true)).toEqual({ kind: 'register' });
  });
});
