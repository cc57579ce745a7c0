import { Command } from 'commander';
import { addDistill } from './commands/distill.ts';
import { addImport } from './commands/import.ts';
import { addDevices, addImage } from './commands/inspect.ts';
import { addLabels } from './commands/labels.ts';
import { addEvaluate, addPredict } from './commands/models.ts';
import { addDemo, addSample } from './commands/samples.ts';
import { addTeacher } from './commands/teacher.ts';
import { paintFor } from './paint.ts';
import { widthOf, type World } from './world.ts';

/** The command line with all its commands; it throws where commander would end the process. */
export function buildProgram(world: World): Command {
  const paint = paintFor(world.stdout, world.env);
  const program = new Command('understudy')
    .description(
      'Turns a large vision transformer, the teacher, into a compact student with a few labelled images. ' +
        'Everything stays on this machine.',
    )
    .usage('<command> [options]')
    .version(world.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ styleTitle: (title) => paint.strong(title) })
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      // Errors are thrown, and written where all others are.
      outputError: () => undefined,
      getOutHelpWidth: () => widthOf(world.stdout),
      getErrHelpWidth: () => widthOf(world.stderr),
      getOutHasColors: () => paint.strong('') !== '',
    })
    .exitOverride()
    .addHelpText('after', `\n${lesson}`);
  addDemo(program, world);
  addTeacher(program, world);
  addDistill(program, world);
  addEvaluate(program, world);
  addPredict(program, world);
  addSample(program, world);
  addImage(program, world);
  addImport(program, world);
  addLabels(program, world);
  addDevices(program, world);
  return program;
}

const lesson = `In short:
  teacher      a vision transformer that knows your kind of images but is large and slow
  skip factor  keep every r-th block of the teacher: 2 keeps half, 3 a third; smaller and faster,
               but less able
  rank         size of the adapters, the part that is trained and makes up for the skipped blocks
  views        in how many ways each image is cropped and flipped, so that few images go a long way
  plain copy   the kept blocks untrained; what the student gains on it is what distilling is worth

Examples:
  See it work, without anything of your own:
    understudy demo

  Look into a teacher: how large would its students be?
    understudy teacher inspect vit_base.safetensors

  Which teachers are there, and may a product be made of them? Fetch one:
    understudy teacher catalogue --domain medical
    understudy teacher fetch dinov2-small --out teachers/

  Look into an image: values, spacing, orientation, coordinates:
    understudy image inspect brain.nii.gz

  Bring a folder into a project of the window; again, and only what is new comes in:
    understudy import scans/ --workspace projects/ --project Lungs

  Take the masks of a project out, beside their images in every tool:
    understudy labels export --workspace projects/ --project Lungs --format png --out masks/

  Half of the blocks, images in one folder a class:
    understudy distill --teacher vit_base.safetensors --images xray/train --test xray/test \\
      --skip 2 --out xray/student

  Test the student on another hospital's images, then let it name new ones:
    understudy evaluate --model xray/student/student.onnx --images other/
    understudy predict --model xray/student/student.onnx --images new/ --out answers/

Exit codes: 0 done, 1 a defect of the program, 2 something to put right, 130 stopped;
143 or 129 where SIGTERM or SIGHUP had to end a command that did not answer.`;
