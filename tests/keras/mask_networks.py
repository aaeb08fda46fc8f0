"""Random networks over masked sequences: chains of items of which most hand masks on, and some lose them."""

from random import Random

GRU = "{GRU: {units: 4, return_sequences: true}}"
DENSE = "{Dense: {units: 4, bias_initializer: ones}}"
CONV = "{Conv1D: {filters: 4, kernel_size: 1, bias_initializer: ones}}"
ATTEND = "{MultiHeadAttention: {num_heads: 1, key_dim: 2}}"
SMALL = "{GRU: {units: 2, return_sequences: true}}"
SPLIT = "rearrange: {pattern: 'time (a b) -> time a b', sizes: {a: 2}}"
PLACES = "- positions: {axis: time}\n- Embedding: {input_dim: 30, output_dim: 4}"

ITEMS = (
    f"- {DENSE}",
    "- LayerNormalization:",
    "- Activation: tanh",
    "- ops.tanh:",
    "- LSTM: {units: 4, return_sequences: true}",
    f"- {GRU}",
    "- Bidirectional: {layer: {LSTM: {units: 4, return_sequences: true}}, merge_mode: ave}",
    "- RNN: {cell: [{LSTMCell: 3}, {GRUCell: 4}], return_sequences: true}",
    f"- {ATTEND}",
    "- GroupQueryAttention: {head_dim: 2, num_query_heads: 2, num_key_value_heads: 1}",
    f"- Rescaling: 1.0\n- {ATTEND}",
    "- Attention:\n  from: [_, _]",
    f"- {ATTEND[1:-1]}\n  from: {{query: _, value: BEFORE}}",
    f"- residual: [{GRU}]",
    f"- residual: [{CONV}]",
    f"- residual: [{ATTEND}]",
    f"- residual: [LayerNormalization, {ATTEND}]",
    f"- residual: [{ATTEND}]\n  merge: Concatenate\n- {DENSE}",
    f"- branches: [[{DENSE}], [{GRU}]]\n- {DENSE}",
    f"- branches: [[{DENSE}], [{{ops.tanh: {{}}}}]]\n- {DENSE}",
    f"- branches: [[{DENSE}], [{{ops.tanh: {{}}}}]]\n  merge: Add",
    f"- branches: [[{DENSE}], [{GRU}]]\n  merge: {{Concatenate: {{axis: time}}}}",
    "- branches: [[], [{ops.tanh: {}}]]\n  merge: {Concatenate: {axis: time}}",
    "- slice: {axis: time, start: 1}",
    f"- {SPLIT}\n- rearrange: 'time a b -> time (a b)'",
    "- rearrange: {pattern: 'time (a b) -> a time b', sizes: {a: 2}}\n- rearrange: 'a time b -> time (a b)'",
    f"- {SPLIT}\n- map: {{over: a, layers: [{SMALL}]}}\n- rearrange: 'time a b -> time (a b)'",
    f"- map: {{over: time, layers: [{DENSE}, {{ops.tanh: {{}}}}]}}",
    f"- TimeDistributed: {{layer: {DENSE}}}",
    "- lrn: {depth_radius: 1}",
    f"- {CONV}",
    "- Dense: {units: [a: 2, b: 2], bias_initializer: ones}\n- rearrange: 'time a b -> time (a b)'",
    f"- repeat: 2\n  layers: [{GRU}]",
    "- weight: {shape: [time: 1, feature: 4], initializer: ones}\n- Concatenate: {axis: time}\n  from: [_, BEFORE]",
    f"{PLACES}\n- Add:\n  from: [BEFORE, _]",
    f"{PLACES}\n- mask:\n  from: [_, BEFORE]\n- Add:\n  from: [BEFORE, _]",
    f"{PLACES}\n- Concatenate:\n  from: [BEFORE, _]\n- {DENSE}",
    f"{PLACES}\n- mask:\n  from: [_, BEFORE]\n- Concatenate:\n  from: [BEFORE, _]\n- {DENSE}",
    "- Maximum:\n  from: [_, BEFORE]",
    f"- SpectralNormalization: {{layer: {DENSE}}}",
    f"- Pipeline: {{layers: [{DENSE}, {{Rescaling: 0.5}}]}}",
    "- Permute: [feature, time]\n- Permute: [time, feature]",
    "- Reshape: [time: -1, a: 2, b: 2]\n- Reshape: [time: -1, feature: 4]",
    "- Flatten: {keep: [time]}",
)
"""They make values of 4 features of values of 4 features; `BEFORE` stands for the value that they read."""

OVER_SERIES = (
    f"- map: {{over: series, layers: [{GRU}]}}",
    f"- map: {{over: series, layers: [{CONV}]}}",
    f"- map: {{over: series, layers: [{{reduce: {{axis: time}}}}]}}\n- {GRU}",
    "- reduce: {axis: series}",
    "- slice: {axis: series, index: 0}",
    "- rearrange: 'series time f -> time series f'\n- rearrange: 'time series f -> series time f'",
)
"""The same, of values with an axis `series` in front of the steps."""

ENDS = (
    "- GRU: 3",
    "- Bidirectional: {layer: {LSTM: 3}}",
    "- RNN: {cell: {GRUCell: 3}}",
    "- reduce: {axis: time, how: mean}",
    "- reduce: {axis: time, how: max}",
    "- GlobalAveragePooling1D:",
    "- Dense: 1",
)
"""What leaves padding out; behind the last the loss does."""


def network(random: Random) -> tuple[str, bool]:
    """A spec with an input `x`, and whether its loss is what leaves padding out."""
    outer = random.choice(("", "", "series: 2, "))
    lines = ["- Masking: 0.0", f"- {DENSE[1:-1]}\n  name: value_0"]
    for number in range(random.randint(1, 4)):
        items = OVER_SERIES if outer and random.random() < 0.3 else ITEMS
        item = random.choice(items).replace("BEFORE", f"value_{number}")
        before, dash, last = item.rpartition("- ")
        if last.startswith("{") and last.endswith("}"):
            last = last[1:-1]
        lines.append(f"{before}{dash}{last}\n  name: value_{number + 1}")
    end = random.choice(ENDS)
    lines.append(end)
    layers = "\n".join(lines).replace("\n", "\n  ")
    text = f"inputs: {{x: [{outer}time: T, feature: 3]}}\nlayers:\n  {layers}\n"
    is_loss = end == ENDS[-1]
    return text + ("compile: {loss: mse}\n" if is_loss else ""), is_loss
