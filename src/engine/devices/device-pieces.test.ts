import { expect, it } from 'vitest';
import { randomTensor, required } from '../../../tests/support/values.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { DevicePieces } from './device-pieces.ts';

const pieces = new DevicePieces(onnxRuntime('cpu', { threads: 1 }), { x: [2, 3], y: [4] });
const whole = { x: randomTensor([5, 2, 3], 1), y: randomTensor([5, 4], 2) };

it('splits tensors and joins them in another order, together with parts from the processor', async () => {
  const [x, y] = [await pieces.upload(whole.x), await pieces.upload(whole.y)];
  const apart = await pieces.split({ x, y }, 5);
  expect(apart.map((piece) => [piece.x.shape, piece.y.shape])).toEqual(
    Array.from({ length: 5 }, () => [
      [1, 2, 3],
      [1, 4],
    ]),
  );
  const own = { x: randomTensor([1, 2, 3], 3), y: randomTensor([1, 4], 4) };
  const chosen = [3, 0, 3].map((index) => required(apart[index], 'piece'));
  const joined = await pieces.join([...chosen, own]);
  const row = (data: Float32Array, size: number, index: number): number[] => [
    ...data.slice(index * size, (index + 1) * size),
  ];
  expect(await joined.x.read()).toEqual({
    shape: [4, 2, 3],
    data: Float32Array.from([
      ...[3, 0, 3].flatMap((index) => row(whole.x.data, 6, index)),
      ...own.x.data,
    ]),
  });
  expect(await joined.y.read()).toEqual({
    shape: [4, 4],
    data: Float32Array.from([
      ...[3, 0, 3].flatMap((index) => row(whole.y.data, 4, index)),
      ...own.y.data,
    ]),
  });
  await pieces.dispose();
});
