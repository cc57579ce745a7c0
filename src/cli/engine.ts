import type { Card, FetchRequest, FetchSummary } from '../contract/catalogue.ts';
import type { ImageDescription } from '../contract/image-description.ts';
import type {
  DemoRequest,
  DistillRequest,
  EvaluateRequest,
  PredictRequest,
  SampleRequest,
  SampleSummary,
  TeacherOverrides,
} from '../contract/jobs.ts';
import type {
  DemoSummary,
  DistillSummary,
  EvaluateSummary,
  PredictSummary,
} from '../contract/results.ts';
import type { DeviceDescription, TeacherDescription } from '../contract/descriptions.ts';
import type { LabelExportReport, LabelExportRequest } from '../contract/label-export.ts';
import type { LocateReport } from '../contract/app.ts';
import type { ImportRequest, ImportSummary, LocateRequest } from '../contract/import-job.ts';
import type {
  TeacherImportRequest,
  TeacherImportSummary,
  TeacherList,
} from '../contract/teacher-job.ts';
import type { JobContext } from '../engine/job.ts';

/** All that the command line asks of the engine; tests put another in its place. */
export interface Engine {
  distill(request: DistillRequest, context: JobContext): Promise<DistillSummary>;
  evaluateModel(request: EvaluateRequest, context: JobContext): Promise<EvaluateSummary>;
  predict(request: PredictRequest, context: JobContext): Promise<PredictSummary>;
  demo(request: DemoRequest, context: JobContext): Promise<DemoSummary>;
  writeSample(request: SampleRequest, context: JobContext): Promise<SampleSummary>;
  inspectTeacher(file: string, overrides: TeacherOverrides): Promise<TeacherDescription>;
  importTeacher(request: TeacherImportRequest, context: JobContext): Promise<TeacherImportSummary>;
  listTeachers(workspace: string): Promise<TeacherList>;
  inspectImage(file: string, context: JobContext): Promise<ImageDescription>;
  exportLabels(request: LabelExportRequest, context: JobContext): Promise<LabelExportReport>;
  importFolder(request: ImportRequest, context: JobContext): Promise<ImportSummary>;
  locateImages(request: LocateRequest, context: JobContext): Promise<LocateReport>;
  listDevices(threads?: number): Promise<DeviceDescription[]>;
  listCards(): Promise<readonly Card[]>;
  fetchTeacher(request: FetchRequest, context: JobContext): Promise<FetchSummary>;
}

/** The engine itself. Each part is loaded when it is first used, so that `--help` answers at once. */
export const engine: Engine = {
  distill: async (request, context) =>
    (await import('../engine/distill.ts')).distill(request, context),
  evaluateModel: async (request, context) =>
    (await import('../engine/evaluate.ts')).evaluateModel(request, context),
  predict: async (request, context) =>
    (await import('../engine/predict.ts')).predict(request, context),
  demo: async (request, context) => (await import('../engine/demo.ts')).demo(request, context),
  writeSample: async (request, context) =>
    (await import('../engine/sample.ts')).writeSample(request, context),
  inspectTeacher: async (file, overrides) =>
    (await import('../engine/teacher.ts')).inspectTeacher(file, overrides),
  importTeacher: async (request, context) =>
    (await import('../engine/import-teacher.ts')).importTeacher(request, context),
  listTeachers: async (workspace) =>
    (await import('../engine/import-teacher.ts')).listTeachers(workspace),
  inspectImage: async (file, context) =>
    (await import('../engine/image.ts')).inspectImage(file, context),
  exportLabels: async (request, context) =>
    (await import('../engine/labels/export-from-workspace.ts')).exportFromWorkspace(
      request,
      context,
    ),
  importFolder: async (request, context) =>
    (await import('../engine/import.ts')).importFolder(request, context),
  locateImages: async (request, context) =>
    (await import('../engine/locate.ts')).locateImages(request, context),
  listDevices: async (threads) =>
    (await import('../engine/devices/list-devices.ts')).listDevices(threads),
  listCards: async () => (await import('../engine/catalogue/cards.ts')).cards,
  fetchTeacher: async (request, context) =>
    (await import('../engine/fetch-teacher.ts')).fetchTeacher(request, context),
};
