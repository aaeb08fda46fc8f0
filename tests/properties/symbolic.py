"""Networks over symbolic sizes, generated, and what their constraints say of a size."""

from collections.abc import Mapping
from random import Random

from specc.report import Report

Spec = str


def spec(shape: str, layers: list[str], **others: str) -> Spec:
    """A spec of the input `x`, and perhaps others, and these layers."""
    inputs = "\n".join(f"  {name}: {shape}" for name, shape in {"x": shape, **others}.items())
    lines = "\n".join(f"  - {layer}" for layer in layers)
    return f"specc: 1\nname: generated\ninputs:\n{inputs}\nlayers:\n{lines}\n"


def allows(report: Report, sizes: Mapping[str, int]) -> bool:
    """Whether the constraints of a report hold for these sizes."""
    assert report.ok
    return all(eval(each.text, {"__builtins__": {}}, dict(sizes)) for each in report.constraints)


def stretches(report: Report) -> bool:
    """Whether a merge broadcasts: which it does, over symbols, for a size that is written as 1 alone."""
    merges = (row for row in report.layers if row.op in ("Add", "Maximum"))
    return any(len({shape.sizes for shape in row.inputs}) > 1 for row in merges)


def unet(random: Random) -> Spec:
    """Down by pooling or strides, up again, with a skip at each level."""
    levels = random.randint(1, 4)
    layers: list[str] = []
    factors: list[int] = []
    for level in range(levels):
        padding = random.choice(["same", "same", "valid"])
        layers.append(f"{{Conv2D: {{filters: 2, kernel_size: 3, padding: {padding}}}, name: down{level}}}")
        factors.append(random.choice([2, 2, 3]))
        pooling = random.choice([f"MaxPooling2D: {factors[-1]}", f"AveragePooling2D: {factors[-1]}"])
        layers.append(f"{{{pooling}, name: pool{level}}}")
    layers.append("{Conv2D: {filters: 2, kernel_size: 3, padding: same}, name: bottom}")
    for level in reversed(range(levels)):
        f = factors[level]
        up = random.choice(
            [f"UpSampling2D: {f}", f"Conv2DTranspose: {{filters: 2, kernel_size: {f}, strides: {f}}}"]
        )
        layers.append(f"{{{up}, name: up{level}}}")
        merge = random.choice(["Concatenate", "Add"])
        layers.append(f"{{{merge}: {{}}, from: [up{level}, down{level}], name: merge{level}}}")
        layers.append(f"{{Conv2D: {{filters: 2, kernel_size: 3, padding: same}}, name: conv{level}}}")
    width = random.choice(["H", "W", "32"])
    return spec(f"[height: H, width: {width}, channel: 2]", layers)


def dilated(random: Random) -> Spec:
    """Convolutions of growing dilation, with residual sums over what they leave."""
    layers: list[str] = []
    for i in range(random.randint(1, 6)):
        kernel, rate = random.choice([2, 3, 5]), 2**i if random.random() < 0.8 else 1
        padding = random.choice(["valid", "valid", "same", "causal"])
        layers.append(
            f"Conv1D: {{filters: 3, kernel_size: {kernel}, dilation_rate: {rate}, padding: {padding}}}"
        )
        if random.random() < 0.3:
            layers.append(f"AveragePooling1D: {random.choice([2, 3])}")
    if random.random() < 0.5:
        layers.append("{slice: {axis: time, start: 1}, name: late}")
        layers.append("{slice: {axis: time, stop: -1}, from: late, name: inner}")
    return spec("[time: T, channel: 3]", layers)


def coder(random: Random) -> Spec:
    """An encoder of strides and a decoder that must give back as many steps."""
    layers: list[str] = []
    strides = [random.choice([2, 3, 4]) for _ in range(random.randint(1, 3))]
    for stride in strides:
        kernel = random.choice([2, 3, 4])
        padding = random.choice(["same", "valid"])
        layers.append(f"Conv1D: {{filters: 2, kernel_size: {kernel}, strides: {stride}, padding: {padding}}}")
    for stride in reversed(strides):
        kernel = random.choice([stride, stride + 1])
        layers.append(f"Conv1DTranspose: {{filters: 2, kernel_size: {kernel}, strides: {stride}}}")
    if random.random() < 0.5:
        layers.append(f"Cropping1D: [0, {random.randint(1, 3)}]")
    layers.append("{Add: {}, from: [_, x], name: error}")
    if random.random() < 0.4:
        layers.append(f"Reshape: [-1, {random.choice([3, 4, 6])}]")
    return spec("[time: T, 2]", layers)


def joined(random: Random) -> Spec:
    """Two symbols that layers join: in one axis, or by what they merge."""
    regrouped = random.choice(["Reshape: [-1, %s]", "Reshape: [%s, -1]"]) % random.choice([2, 3, 4, 6, 8])
    factor, channels = random.choice([2, 3]), random.choice([1, 2, 3])
    back = [
        f"MaxPooling1D: {factor}",
        f"UpSampling1D: {factor}",
        "{Add: {}, from: [_, both]}",
    ]
    match random.choice(["flat", "image", "long", "steps", "merged"]):
        case "flat":
            sizes = random.choice(["T, S", "T, 2*S", "T // 2, S", "T, S + 1"])
            return spec(f"[{sizes}, {channels}]", ["Flatten", regrouped])
        case "image":
            window = f"Conv2D: {{filters: {channels}, kernel_size: 3, strides: {random.choice([1, 2])}}}"
            return spec("[T, S, 2]", [window, "Flatten", regrouped])
        case "long":
            layers = ['{rearrange: "t s c -> (t s) c", name: both}', *back]
            return spec(f"[T, S, {channels}]", [*layers, *random.sample([regrouped], random.randint(0, 1))])
        case "steps":
            join = "{Concatenate: {axis: 1}, from: [x, y], name: both}"
            return spec("[T, 2]", [join, *random.choice([back, [regrouped], back[:1]])], y="[S, 2]")
        case _:
            sizes = [random.choice(["", " // 2", " + 1", " // 3"]) for _ in range(2)]
            merge = "{Add: {}, from: [x, y]}"
            return spec(
                f"[T{sizes[0]}, 2]", [merge, random.choice([*back[:1], regrouped])], y=f"[S{sizes[1]}, 2]"
            )


FAMILIES = {"unet": unet, "dilated": dilated, "coder": coder}
