import Fastify from 'fastify';
import pg from 'pg';

// The yardstick: the least that a durable webhook can be, one INSERT between the body and the 200. Started by the bench.
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL) });
const app = Fastify();

await pool.query('create table if not exists bare_event (id bigserial primary key, body jsonb not null)');
app.get('/health/ready', async () => 'ready');
app.post('/', async (request) => {
  await pool.query('insert into bare_event (body) values ($1)', [JSON.stringify(request.body)]);
  return '';
});
process.once('SIGTERM', () => void app.close().then(() => pool.end()));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
