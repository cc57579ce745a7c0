import { z } from 'zod';
import { domain, project, projectClass, projectSettings, projectTask } from '../entities.ts';
import { id, name, nothing } from '../values.ts';
import type { Method } from '../values.ts';

/** Methods of the workspace, of projects and of their classes. */
export const projectMethods = {
  'workspace.status': {
    params: nothing,
    result: z.strictObject({ path: z.string(), version: z.string(), memoryBytes: z.number() }),
  },
  'project.list': { params: nothing, result: z.array(project) },
  'project.get': { params: z.strictObject({ project: id }), result: project },
  'project.create': {
    params: z.strictObject({
      name,
      domain,
      task: projectTask,
      classes: z.array(name).max(1000).default([]),
    }),
    result: project,
  },
  'project.update': {
    params: z.strictObject({
      project: id,
      name: name.optional(),
      domain: domain.optional(),
      /** Task of the project; it can change only while the project has no images. */
      task: projectTask.optional(),
      settings: projectSettings.partial().optional(),
    }),
    result: project,
  },
  'project.remove': { params: z.strictObject({ project: id }), result: nothing },
  /** Creates a project from the bundled sample, which is generated at first use; takes some seconds. */
  'project.sample': { params: nothing, result: project },
  'class.add': { params: z.strictObject({ project: id, name }), result: project },
  'class.update': {
    params: z.strictObject({
      class: id,
      name: name.optional(),
      colour: projectClass.shape.colour.optional(),
    }),
    result: project,
  },
  /** Counts the masks made by the user that show the class, done or not. */
  'class.masks': { params: z.strictObject({ class: id }), result: z.int().nonnegative() },
  /** Removes a class together with its labels. */
  'class.remove': { params: z.strictObject({ class: id }), result: project },
  /** Makes the next run sample another test set; images assigned by the user keep their use. */
  'project.drawTestSet': { params: z.strictObject({ project: id }), result: project },
} as const satisfies Record<string, Method>;
