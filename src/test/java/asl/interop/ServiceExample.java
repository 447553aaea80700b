package asl.interop;

import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageFeatureExtractor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;

/** The service of the README, word for word. */
final class ServiceExample {
    private ServiceExample() {}

    static float[] embed(Path encoder, Path photo) throws Exception {
        Criteria<Image, float[]> criteria = Criteria.builder()
                .setTypes(Image.class, float[].class)
                .optModelPath(encoder)
                .optEngine("PyTorch")
                .optTranslator(ImageFeatureExtractor.builder()
                        .addTransform(new Resize(224, 224))
                        .addTransform(new ToTensor())
                        .addTransform(new Normalize(
                                new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f}))
                        .build())
                .build();
        try (ZooModel<Image, float[]> model = criteria.loadModel();
                Predictor<Image, float[]> predictor = model.newPredictor()) {
            return predictor.predict(ImageFactory.getInstance().fromFile(photo));
        }
    }
}
