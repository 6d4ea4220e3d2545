/** The document of the control API (OpenAPI 3.1), made of its routes. */
import { z } from 'zod';

import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { problem } from './shapes.ts';

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return rest;
};

const errors = {
  400: 'what was sent cannot be used',
  401: 'the token is missing or wrong',
  403: 'the request comes from a page of another origin',
  404: 'there is no such thing',
  421: 'the Host field does not name this server',
} as const;

const problems = { 'application/json': { schema: { $ref: '#/components/schemas/Problems' } } };

export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const at = (paths[route.path] ??= {});
    at[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'paclab control API',
      version: '1',
      description: 'Reads and changes a lab that `paclab up` serves. `paclab ctl` speaks it.',
    },
    servers: [{ url: 'http://127.0.0.1:7400' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problems: schemaOf(problem) },
    },
  };
}

function operation({ id, summary, path, query = {}, body, answer }: Route): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, { description, schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }));
  const content = Object.fromEntries(
    answer.types.map((type) => [type, answer.schema ? { schema: schemaOf(answer.schema) } : {}]),
  );
  return {
    operationId: id,
    summary,
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      [id === 'down' ? 202 : 200]: { description: answer.description, content },
      ...Object.fromEntries(
        Object.entries(errors).map(([status, description]) => [status, { description, content: problems }]),
      ),
    },
  };
}
