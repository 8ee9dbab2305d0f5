import { describe, expect, it } from '@jest/globals';
import { type Answer, aGraph, failureOf, graphError, httpFailure } from './fake-graph.ts';

describe('check', () => {
  const healthy = () => ({
    'GET /106': {
      body: {
        id: '106',
        status: 'CONNECTED',
        platform_type: 'CLOUD_API',
        name_status: 'APPROVED',
        quality_rating: 'GREEN',
      },
    },
    'GET /102': { body: { id: '102', account_review_status: 'APPROVED' } },
    'GET /102/phone_numbers': { body: { data: [{ id: '106' }] } },
    'GET /102/subscribed_apps': { body: { data: [{ whatsapp_business_api_data: { id: '900' } }] } },
  });
  const findings = async (answers: Record<string, Answer>) => {
    const { checks } = await aGraph({ ...healthy(), ...answers }).client.check();
    return Object.fromEntries(checks.map(({ name, outcome, code }) => [name, `${outcome}: ${code}`]));
  };

  it('passes a connection that can work, and tells what it saw', async () => {
    const report = await aGraph(healthy()).client.check();
    expect(report.checks.map((check) => check.outcome)).toEqual(Array(5).fill('passed'));
    expect(report.number?.status).toBe('CONNECTED');
    expect(report.account?.reviewStatus).toBe('APPROVED');
  });

  it.each<[string, Record<string, Answer>, Record<string, string>]>([
    [
      'no subscription',
      { 'GET /102/subscribed_apps': { body: { data: [] } } },
      { subscription: 'failed: not-subscribed' },
    ],
    [
      "another app's subscription",
      { 'GET /102/subscribed_apps': { body: { data: [{ whatsapp_business_api_data: { id: '7' } }] } } },
      { subscription: 'failed: other-app-only' },
    ],
    [
      'a number of another account',
      { 'GET /102/phone_numbers': { body: { data: [] } } },
      { 'number-in-account': 'failed: not-in-account' },
    ],
    [
      'a number that is not connected',
      { 'GET /106': { body: { id: '106', status: 'PENDING' } } },
      { number: 'failed: number-not-connected' },
    ],
    [
      'a number elsewhere',
      { 'GET /106': { body: { id: '106', platform_type: 'NOT_APPLICABLE' } } },
      { number: 'failed: number-not-on-cloud-api' },
    ],
    ['low quality', { 'GET /106': { body: { id: '106', quality_rating: 'RED' } } }, { number: 'warning: quality-low' }],
    [
      'a declined name',
      { 'GET /106': { body: { id: '106', name_status: 'DECLINED' } } },
      { number: 'warning: display-name-declined' },
    ],
    [
      'an account in review',
      { 'GET /102': { body: { id: '102', account_review_status: 'PENDING' } } },
      { account: 'warning: account-in-review' },
    ],
    [
      'a rejected account',
      { 'GET /102': { body: { id: '102', account_review_status: 'REJECTED' } } },
      { account: 'failed: account-rejected' },
    ],
    [
      'a wrong account',
      { 'GET /102': { status: 400, body: graphError(100) } },
      { account: 'failed: not-readable', credentials: 'passed: token-accepted' },
    ],
    [
      'a token without the permission to manage',
      { 'GET /102/subscribed_apps': { status: 403, body: graphError(200) } },
      { subscription: 'failed: permission-missing', credentials: 'passed: token-accepted' },
    ],
  ])('finds %s and nothing else', async (_name, answers, expected) => {
    const expectedAll = {
      credentials: 'passed: token-accepted',
      account: 'passed: readable',
      number: 'passed: connected',
      'number-in-account': 'passed: owned',
      subscription: 'passed: subscribed',
      ...expected,
    };
    expect(await findings(answers)).toEqual(expectedAll);
  });

  it('names a rejected token once', async () => {
    const refused = { status: 401, body: graphError(190) };
    const all = Object.fromEntries(Object.keys(healthy()).map((path) => [path, refused]));
    expect(await findings(all)).toEqual({
      credentials: 'failed: token-rejected',
      account: 'skipped: credentials-rejected',
      number: 'skipped: credentials-rejected',
      'number-in-account': 'skipped: credentials-rejected',
      subscription: 'skipped: credentials-rejected',
    });
  });

  it('makes no finding of a network that is away', async () => {
    const { client } = aGraph({ ...healthy(), 'GET /102': httpFailure('never') });
    expect(await failureOf(client.check())).toMatchObject({ kind: 'unavailable', scope: 'connection' });
  });
});
