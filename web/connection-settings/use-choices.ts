import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';

export type Choices = Schemas['PlanfixChoices'];
export type Option = { value: string; label: string; isInactive?: boolean };

/** Templates, employees and groups of a Planfix account, from Parley's cache: to search them costs no call. */
export function useChoices(accountId: string) {
  useLive('planfix-accounts', '/v1/planfix-accounts/{id}/choices');
  return api.useQuery(
    'get',
    '/v1/planfix-accounts/{id}/choices',
    { params: { path: { id: accountId } } },
    // While the worker reads them the page waits for it, whether or not the stream tells.
    { refetchInterval: ({ state }) => (state.data?.isRefreshing ? 1_000 : false) },
  );
}

export const templateOptions = (templates: readonly { id: number; name: string }[]): Option[] =>
  templates.map(({ id, name }) => ({ value: `${id}`, label: `${name} (${id})` }));

export const employeeOptions = ({ employees }: Choices): Option[] =>
  employees.map(({ id, name, canBeAssigned }) => ({ value: id, label: name, isInactive: !canBeAssigned }));

export const peopleOptions = (choices: Choices): Option[] => [
  ...employeeOptions(choices),
  ...choices.groups.map(({ id, name }) => ({ value: id, label: name })),
];
