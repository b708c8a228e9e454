"""A render as a value: inputs, filter graph, pictures of text, argv. Nothing here touches a file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from attrs import frozen

from reelforge_dsl.engine._audio import RATE, mixed
from reelforge_dsl.engine._captions import CaptionTrack, caption_track
from reelforge_dsl.engine._ffmpeg import PROTOCOL_WHITELIST
from reelforge_dsl.engine._graph import Graph, seconds
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._scene import Frame, Picture, Scene, Sound, scene
from reelforge_dsl.engine._text import Drawing, Region, text_drawings
from reelforge_dsl.engine._video import painted
from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest
from reelforge_dsl.timing import Schedule
from reelforge_dsl.units import FPS

GRAPH_FILE = "graph.txt"
CAPTIONS_FILE = "captions.ffconcat"

_BT709 = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")


@frozen
class Encoder:
    """How the film is written.

    Attributes:
        preset: x264's.
        crf: x264's; lower is better and larger.
        audio_bitrate: AAC, as FFmpeg writes it.
        threads: Encoder threads; 0 lets x264 choose.
    """

    preset: str = "veryfast"
    crf: int = 20
    audio_bitrate: str = "160k"
    threads: int = 0


FINAL = Encoder()
"""For the finished film."""

DRAFT = Encoder(preset="ultrafast", crf=28, audio_bitrate="96k")
"""For a quick look."""

DRAFT_WIDTH = 360
"""Pixels across of a draft."""


@frozen
class Plan:
    """Everything a render will do, known before it starts; printing it shows the command.

    Attributes:
        width: Rendered pixels, even.
        height: Rendered pixels, even.
        frames: Length of the film in output frames, 30 a second.
        inputs: The arguments of every input, each ending in ``-i FILE``.
        graph: The filter graph.
        drawings: Text to paint, file name and SVG.
        lists: Text files to write, name and content.
        writing: The arguments that say what is written, and how.
        issues: Every fallback that was taken, as a warning.
    """

    width: int
    height: int
    frames: int
    inputs: tuple[tuple[str, ...], ...]
    graph: str
    drawings: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, str], ...]
    writing: tuple[str, ...]
    issues: tuple[Issue, ...] = ()

    def argv(self, ffmpeg: str = "ffmpeg", output: str = "out.mp4") -> list[str]:
        """Return the command as a list of arguments, to be run inside the working folder."""
        opened = [argument for one in self.inputs for argument in one]
        graph = ("-/filter_complex", GRAPH_FILE)
        return [ffmpeg, "-v", "error", "-nostdin", "-y", *opened, *graph, *self.writing, output]

    def __str__(self) -> str:
        texts = "".join(f"\n# {name}\n{text.rstrip()}\n" for name, text in self.lists)
        return f"{shlex.join(self.argv())}\n\n# {GRAPH_FILE}\n{self.graph.rstrip()}\n{texts}"


@frozen
class Stage:
    """A composition ready to be written down as a graph: pictures, sounds, text.

    Attributes:
        scene: What is painted and heard.
        drawings: Text overlays.
        track: Captions.
        issues: Every fallback that was taken, as a warning.
    """

    scene: Scene
    drawings: tuple[Drawing, ...]
    track: CaptionTrack | None
    issues: tuple[Issue, ...]

    @classmethod
    def of(cls, manifest: Manifest, schedule: Schedule, media: Mapping[str, Media], frame: Frame) -> Stage:
        """Lay out a manifest that is valid, fully timed and within what the engine draws."""
        shown = scene(manifest, schedule, media, frame)
        drawings, issues = text_drawings(manifest, schedule, frame)
        captions = manifest.composition.captions
        if captions is None or not captions.words:
            return cls(shown, drawings, None, issues)
        track, more = caption_track(captions, shown.frames, frame)
        return cls(shown, drawings, track, tuple(dict.fromkeys(issues + more)))


def film_plan(stage: Stage, encoder: Encoder = FINAL) -> Plan:
    """Plan the whole film, picture and sound."""
    inputs, graph, below = _pictured(stage)
    heard = [
        f"[{len(inputs) + at}:{sound.media.audio_stream}]" for at, sound in enumerate(stage.scene.sounds)
    ]
    inputs += [_sound_input(sound) for sound in stage.scene.sounds]
    tagged = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    graph.add(below, ["format=yuv420p", tagged], "video")
    graph.add(mixed(graph, stage.scene, heard), ["anull"], "sound")
    return _planned(stage, inputs, graph, (*_film(encoder, stage.scene.frames),))


def picture_plan(stage: Stage, filters: list[str]) -> Plan:
    """Plan one PNG of the film's picture.

    Args:
        stage: What is shown.
        filters: What makes one picture of the film's frames.
    """
    inputs, graph, below = _pictured(stage)
    graph.add(below, [*filters, "scale=in_range=tv:in_color_matrix=bt709", "format=rgb24"], "video")
    writing = ("-map", "[video]", "-frames:v", "1", "-progress", "pipe:1", "-c:v", "png", "-f", "image2pipe")
    return _planned(stage, inputs, graph, writing)


def _planned(stage: Stage, inputs: list[tuple[str, ...]], graph: Graph, writing: tuple[str, ...]) -> Plan:
    track = stage.track
    pictures = [(drawing.name, drawing.svg) for drawing in stage.drawings]
    return Plan(
        width=stage.scene.frame.width,
        height=stage.scene.frame.height,
        frames=stage.scene.frames,
        inputs=tuple(inputs),
        graph=graph.text(),
        drawings=(*pictures, *(track.pictures if track else ())),
        lists=((CAPTIONS_FILE, track.list_text()),) if track else (),
        writing=writing,
        issues=stage.issues,
    )


def _film(encoder: Encoder, frames: int) -> list[str]:
    threads = ["-threads", str(encoder.threads)] if encoder.threads else []
    return [
        *("-map", "[video]", "-map", "[sound]", "-frames:v", str(frames), "-r", str(FPS)),
        *("-c:v", "libx264", "-preset", encoder.preset, "-crf", str(encoder.crf), *threads),
        *("-pix_fmt", "yuv420p", *_BT709, "-flags:v", "+bitexact"),
        *(
            "-c:a",
            "aac",
            "-b:a",
            encoder.audio_bitrate,
            "-ar",
            str(RATE),
            "-ac",
            "2",
            "-flags:a",
            "+bitexact",
        ),
        *("-fflags", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart"),
        *("-progress", "pipe:1", "-stats_period", "0.2", "-f", "mp4"),
    ]


def _pictured(stage: Stage) -> tuple[list[tuple[str, ...]], Graph, str]:
    """Return the inputs and the graph of everything seen, and the pad of the whole."""
    graph = Graph()
    inputs = [_picture_input(picture) for picture in stage.scene.pictures]
    pads = [f"[{at}:{picture.media.video_stream}]" for at, picture in enumerate(stage.scene.pictures)]
    below = painted(graph, stage.scene, pads)
    for drawing in stage.drawings:
        pad = f"[{len(inputs)}:v]"
        inputs.append((*_own_input("png_pipe"), "-f", "png_pipe", "-i", drawing.name))
        below = _texted(graph, below, pad, drawing.region, drawing.first, drawing.end)
    if stage.track is not None:
        track, pad = stage.track, f"[{len(inputs)}:v]"
        inputs.append((*_own_input("concat,png_pipe"), "-safe", "0", "-f", "concat", "-i", CAPTIONS_FILE))
        below = _texted(graph, below, pad, track.region, track.first, track.end)
    return inputs, graph, below


def _texted(graph: Graph, below: str, pad: str, region: Region, first: int, end: int) -> str:
    shift = [f"settb=1/{FPS}", f"setpts=PTS+{first}"] if first else []
    text = graph.add(pad, ["scale=out_range=tv:out_color_matrix=bt709", "format=yuva420p", *shift])
    shown = f"enable='between(n,{first},{end - 1})'"
    return graph.add(below + text, [f"overlay=x={region.x}:y={region.y}:eof_action=repeat:{shown}"])


def _own_input(demuxers: str) -> tuple[str, ...]:
    return ("-protocol_whitelist", PROTOCOL_WHITELIST, "-format_whitelist", demuxers)


def _picture_input(picture: Picture) -> tuple[str, ...]:
    if picture.still:
        return tuple(picture.media.input_args())
    # Half a second more than is shown: the rate may be uneven, and the graph cuts to the frame.
    length = picture.lead + (picture.frames + FPS // 2) / FPS
    return (*_from(picture.trim - picture.lead), "-t", f"{length:.6f}", *_single(picture.media))


def _sound_input(sound: Sound) -> tuple[str, ...]:
    length = () if sound.loop else ("-t", seconds(sound.frames + FPS // 2))
    return (*_from(sound.trim), *length, *_single(sound.media))


def _from(trim: float) -> tuple[str, ...]:
    return ("-ss", f"{trim:.6f}") if trim else ()


def _single(media: Media) -> tuple[str, ...]:
    # One decoder thread an input: more of them cost memory and gain nothing beside the encoder.
    return ("-threads", "1", *media.input_args())
