#!/usr/bin/env bash
# Builds TensorFlow.js' binding for Node against the library in one of TensorFlow's Python packages, from the npm and PyPI
# registries alone. Usage: build-tensorflow.sh FOLDER [PACKAGE==VERSION]; see docs/tensorflow.md.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
package=${2:-tensorflow==2.19.1}
machine=$(uname -m)

cd "$folder"
[ -f package.json ] || echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node-gpu@4.22.0 node-api-headers@1.9.0

binding=$folder/node_modules/@tensorflow/tfjs-node-gpu
mkdir -p "$binding/deps/lib" "$binding/lib/napi-v8"
pip download --quiet --no-deps --only-binary :all: --python-version 3.11 --implementation cp \
  --platform "manylinux_2_17_$machine" --platform "manylinux_2_27_$machine" --dest wheel "$package"
python3 - wheel "$binding/deps" << 'PYTHON'
import glob, os, sys, zipfile

[wheel] = glob.glob(sys.argv[1] + '/*.whl')
with zipfile.ZipFile(wheel) as archive:
    for item in archive.infolist():
        name = item.filename
        if name.startswith('tensorflow/include/') and name.endswith('.h') and ('/c/' in name or '/platform/' in name):
            item.filename = name.removeprefix('tensorflow/')
        elif name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            item.filename = 'lib/' + os.path.basename(name)
        else:
            continue
        archive.extract(item, sys.argv[2])
PYTHON
g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 \
  -I node_modules/node-api-headers/include -I "$binding/deps/include" \
  "$binding/binding/tfjs_backend.cc" "$binding/binding/tfjs_binding.cc" \
  "$binding/deps/lib/libtensorflow_cc.so.2" "$binding/deps/lib/libtensorflow_framework.so.2" \
  -Wl,-rpath,'$ORIGIN/../../deps/lib' -o "$binding/lib/napi-v8/tfjs_binding.node"
rm -r wheel "$binding/deps/include"
echo "Built. Start Understudy with UNDERSTUDY_TENSORFLOW=$folder"
