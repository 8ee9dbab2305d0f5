import { useParams } from 'react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';

/** The connection that the address names, read again whenever it changes. */
export function useConnection() {
  const { id = '' } = useParams();
  const query = api.useQuery('get', '/v1/connections/{id}', { params: { path: { id } } });
  useLive(`connection:${id}`, '/v1/connections/{id}');
  return query;
}
