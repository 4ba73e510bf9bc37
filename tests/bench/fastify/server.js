// Reads of sciday's API as a user of Fastify and postgres.js would write them: the token verified and cached, the caller's
// roles kept by token, identity and statement pipelined in one transaction under row security. Its settings come by stdin:
// see Fastify in ../load.py.
import cluster from 'node:cluster';
import { createPublicKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { createVerifier } from 'fast-jwt';
import Fastify from 'fastify';
import postgres from 'postgres';

async function serve({ port, database, search_path, jwks, identify, operations }) {
  const host = new URL(database.replace('@/', '@localhost/')).searchParams.get('host');
  const { username, pathname } = new URL(database.replace('@/', '@localhost/'));
  const sql = postgres({ path: `${host}/.s.PGSQL.5432`, username, database: pathname.slice(1), connection: { search_path }, prepare: true });
  const run = (on, statement, values) => on.unsafe(statement.sql, statement.parameters.map((name) => values[name] ?? null), { prepare: true });

  const keys = new Map(jwks.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })]));
  const verify = createVerifier({ key: async ({ header }) => keys.get(header.kid), algorithms: ['ES256'], allowedIss: 'sciday', allowedAud: 'sciday-api', cache: true });
  const callers = new Map();
  async function callerOf(token) {
    const claims = await verify(token);
    if (!callers.has(token)) {
      const [scopes] = await sql`SELECT submitter::text, reviewer::text, observer::text, administrator::text FROM caller_scopes(${claims.sid}, ${claims.sub})`;
      const given = Object.fromEntries(Object.entries(scopes).map(([name, value]) => [name, value ?? '']));
      callers.set(token, { ...given, caller: claims.sub, session: claims.sid, request_id: 'bench' });
    }
    return callers.get(token);
  }

  const fastify = Fastify();
  fastify.setErrorHandler((error, request, reply) => {
    process.stderr.write(`${error.stack}\n`);
    reply.code(500).send({ error: error.message });
  });
  for (const operation of operations) {
    fastify.get(operation.path, async (request, reply) => {
      const caller = await callerOf(request.headers.authorization.slice('Bearer '.length));
      const [, rows] = await sql.begin((on) => [run(on, identify, caller), run(on, operation, { ...operation.values, ...request.params })]);
      reply.header('content-type', 'application/json; charset=utf-8');
      return operation.is_list ? `{"items":[${rows.map((row) => row.summary).join(',')}]}` : rows[0].body;
    });
  }
  await fastify.listen({ port, host: '127.0.0.1', backlog: 2048 });
}

if (cluster.isPrimary) {
  const settings = JSON.parse(await text(process.stdin));
  if (settings.processes === 1) {
    await serve(settings);
  } else {
    for (let i = 0; i < settings.processes; i++) {
      cluster.fork().send(settings);
    }
    process.on('SIGTERM', () => {
      Object.values(cluster.workers).forEach((worker) => worker.kill());
      process.exit();
    });
  }
} else {
  process.once('message', serve);
}
