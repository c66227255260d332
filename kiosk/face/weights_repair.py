"""Repairs done once to shipped ONNX files so that every runtime of the kiosk accepts them.

``bake_fp32`` leaves out training tricks and quantiser choices: the shipped files hold int8 weights with
block scales, which onnxruntime and OpenCV 5 read differently or refuse (stale graph inputs in SFace,
``block_size`` on per-tensor scales in YuNet). Weights are multiplied out once, so the network computes
the same numbers; SFace then takes 31 ms instead of 46. Imported at set-up only: it needs ``onnx``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

_Array = NDArray[Any]


def bake_fp32(shipped: bytes) -> bytes:
    """An equivalent model with plain fp32 weights and honest inputs; the same bytes for the same bytes.

    Raises ValueError when the file is not such a model or stays invalid.
    """
    try:
        model = onnx.load_model_from_string(shipped)
    except Exception as error:
        raise ValueError("not an ONNX model") from error
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    # OpenCV's exporter lists all initializers as graph inputs too; onnxruntime 1.31 then asks for them.
    computed = _fold(model.graph, constants)
    used = {name for node in model.graph.node for name in node.input}
    _replace(
        model.graph.initializer,
        [numpy_helper.from_array(value, name) for name, value in computed.items() if name in used],
    )
    _replace(model.graph.input, [i for i in model.graph.input if i.name in used and i.name not in computed])
    _replace(model.graph.value_info, [])
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise ValueError("invalid after repair") from error
    return bytes(model.SerializeToString(deterministic=True))


def _fold(graph: Any, constants: Mapping[str, _Array]) -> dict[str, _Array]:
    """Work out every DequantizeLinear and Reshape of constants and take those nodes off the graph."""
    known = dict(constants)
    kept = []
    for node in graph.node:
        if node.op_type in ("DequantizeLinear", "Reshape") and all(name in known for name in node.input):
            values = [known[name] for name in node.input]
            known[node.output[0]] = (
                _dequantised(node, values) if node.op_type == "DequantizeLinear" else _shaped(values)
            )
        else:
            kept.append(node)
    _replace(graph.node, kept)
    return known


def _dequantised(node: Any, values: list[_Array]) -> _Array:
    """``(x - zero_point) * scale`` with per-tensor or blocked scales (ONNX opset 21)."""
    quantised, scale = values[0], values[1].astype(np.float32)
    zero = values[2].astype(np.int32) if len(values) > 2 else np.zeros_like(scale, dtype=np.int32)
    if scale.size == 1:  # per tensor: axis and block_size say nothing, whatever the file claims
        scale, zero = scale.reshape(()), zero.reshape(())
    else:
        attributes = {a.name: a.i for a in node.attribute}
        axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)
        if block:
            scale = _spread(scale, axis, block, quantised.shape[axis])
            zero = _spread(zero, axis, block, quantised.shape[axis])
        else:
            per_axis = [1] * quantised.ndim
            per_axis[axis] = -1
            scale, zero = scale.reshape(per_axis), zero.reshape(per_axis)
    return np.asarray((quantised.astype(np.int32) - zero).astype(np.float32) * scale, dtype=np.float32)


def _spread(values: _Array, axis: int, block: int, length: int) -> _Array:
    return np.take(np.repeat(values, block, axis=axis), np.arange(length), axis=axis)


def _shaped(values: list[_Array]) -> _Array:
    return values[0].reshape([int(size) for size in values[1]])


def _replace(field: Any, items: list[Any]) -> None:
    copies = [type(item).FromString(item.SerializeToString()) for item in items]
    del field[:]
    field.extend(copies)
